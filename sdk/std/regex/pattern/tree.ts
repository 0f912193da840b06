/** What a pattern means, before it is a program. */

export enum Kind {
  Empty,
  Set,
  Sequence,
  Choice,
  Repeat,
  Group,
  Assert,
}

/** What must hold at a place; bits, because a place can have several. */
export enum Assertion {
  TextStart = 1,
  TextEnd = 2,
  LineStart = 4,
  LineEnd = 8,
  Boundary = 16,
  NoBoundary = 32,
}

export class Node {
  children: Array<Node> = [];
  /** Kind.Set: index of the set. Kind.Group: its number. Kind.Assert: which. */
  value: i32 = 0;
  least: i32 = 0;
  /** -1 for no limit. */
  most: i32 = 0;
  greedy: bool = true;

  constructor(public kind: Kind) {}
}
