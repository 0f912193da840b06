/** Kinds of characters, as far as assertions can tell them apart. */
import { Assertion } from "./pattern/tree";

/** What came before a state, as far as assertions can ask. */
export enum Before {
  Start,
  Line,
  Word,
  Other,
}

/** True if an assertion that looks at what comes next can still hold after `before`. */
export function possible(wanted: i32, before: u32): bool {
  if (wanted == Assertion.TextStart) return before == Before.Start;
  if (wanted == Assertion.LineStart) return before == Before.Start || before == Before.Line;
  return true;
}

export function kindOf(point: u32): Before {
  if (point == 10) return Before.Line;
  const word = point - 0x30 < 10 || (point | 0x20) - 0x61 < 26 || point == 0x5f;
  return word ? Before.Word : Before.Other;
}

/** A character of a kind. */
export function pointOf(kind: u32): i32 {
  if (kind == Before.Start) return -1;
  return kind == Before.Line ? 10 : kind == Before.Word ? 0x61 : 0x20;
}
