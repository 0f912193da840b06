import { Value } from "./value";

/** What an expression is evaluated on: extend it, and answer for the names that were declared. */
export abstract class Activation {
  /** The value of a variable, null if it has none. */
  abstract find(name: string): Value | null;
}
