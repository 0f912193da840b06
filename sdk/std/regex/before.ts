/** Kinds of characters, as far as assertions can tell them apart. */
import { Assertion } from "./pattern/tree";

/** What came before a state, as far as assertions can ask. */
export enum Before {
  Start,
  Line,
  Word,
  Other,
}

/** The assertions that can no longer hold after a character of the kind `before`. */
export function impossible(before: u32): i32 {
  if (before == Before.Start) return 0;
  if (before == Before.Line) return Assertion.TextStart;
  return Assertion.TextStart | Assertion.LineStart;
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
