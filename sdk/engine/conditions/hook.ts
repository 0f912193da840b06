/**
 * Where conditions are plugged in. Modules with one policy have none, and none of CEL; the entry of a
 * module with several calls `enableConditions`.
 */
import { Cursor } from "../../params/cursor";
import { Stream } from "../stream";

/** What decides whether a policy runs in a phase. */
export abstract class Condition {
  /** Evaluates on the running callback's request; a fault if it cannot. */
  abstract holds(): bool;

  /** True if it looks at the request in the phases of the response, which the host has forgotten by then. */
  abstract looksBack(): bool;
}

/** Compiles a condition, or notes in the cursor why it cannot. */
type Compiler = (text: string, cursor: Cursor) => Condition | null;
type Recorder = (stream: Stream) => void;

function none(text: string, cursor: Cursor): Condition | null {
  cursor.note("executionCondition: not in a module of one policy");
  return null;
}

function recordNothing(stream: Stream): void {}

export let compileCondition: Compiler = none;
export let recordRequest: Recorder = recordNothing;

export function setConditions(compiler: Compiler, recorder: Recorder): void {
  compileCondition = compiler;
  recordRequest = recorder;
}
