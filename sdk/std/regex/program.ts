/**
 * A pattern as a program for a machine that follows all ways at once. Instructions are three words:
 * operation, first and second operand. After `Set` the next instruction follows.
 */
import { Assertion, Kind, Node } from "./pattern/tree";

export enum Op {
  Match,
  /** a: index of the set. */
  Set,
  /** Goes on at a and at b; a is preferred. */
  Split,
  Jump,
  /** a: slot that takes the position. */
  Save,
  /** a: bits of Assertion. */
  Assert,
}

export const MAX_PROGRAM = 4000;

export class Program {
  private code: Array<i32> = [];
  size: i32 = 0;
  tooLarge: bool = false;

  constructor(tree: Node) {
    this.add(Op.Save, 0, 0);
    this.node(tree);
    this.add(Op.Save, 1, 0);
    this.add(Op.Match, 0, 0);
  }

  words(): StaticArray<i32> {
    return StaticArray.fromArray(this.code);
  }

  private add(op: Op, a: i32, b: i32): i32 {
    if (this.size >= MAX_PROGRAM) {
      this.tooLarge = true;
      return 0;
    }
    this.code.push(op);
    this.code.push(a);
    this.code.push(b);
    return this.size++;
  }

  private node(node: Node): void {
    if (this.tooLarge) return;
    switch (node.kind) {
      case Kind.Set:
        this.add(Op.Set, node.value, 0);
        break;
      case Kind.Assert:
        this.add(Op.Assert, node.value, 0);
        break;
      case Kind.Group:
        this.add(Op.Save, node.value << 1, 0);
        this.node(node.children[0]);
        this.add(Op.Save, (node.value << 1) + 1, 0);
        break;
      case Kind.Sequence:
        for (let i = 0; i < node.children.length; i++) this.node(node.children[i]);
        break;
      case Kind.Choice:
        this.choice(node);
        break;
      case Kind.Repeat:
        this.repeat(node);
    }
  }

  private choice(node: Node): void {
    const ends: Array<i32> = [];
    const last = node.children.length - 1;
    for (let i = 0; i < last && !this.tooLarge; i++) {
      const split = this.split(true);
      this.node(node.children[i]);
      ends.push(this.add(Op.Jump, 0, 0));
      this.leave(split, true);
    }
    this.node(node.children[last]);
    for (let i = 0; i < ends.length; i++) this.code[ends[i] * 3 + 1] = this.size;
  }

  private repeat(node: Node): void {
    const inner = node.children[0];
    const copies = node.most < 0 ? node.least - 1 : node.least;
    for (let i = 0; i < copies && !this.tooLarge; i++) this.node(inner);
    if (node.most < 0) {
      // `x*` as `(x+)?`: an empty x is then tried once, and no loop goes round without a letter.
      const skip = node.least == 0 ? this.split(node.greedy) : -1;
      const start = this.size;
      this.node(inner);
      const again = this.split(node.greedy);
      this.code[again * 3 + (node.greedy ? 1 : 2)] = start;
      this.leave(again, node.greedy);
      if (skip >= 0) this.leave(skip, node.greedy);
      return;
    }
    const splits: Array<i32> = [];
    for (let i = node.least; i < node.most && !this.tooLarge; i++) {
      splits.push(this.split(node.greedy));
      this.node(inner);
    }
    for (let i = 0; i < splits.length; i++) this.leave(splits[i], node.greedy);
  }

  /** A split whose one way is the next instruction; `leave` sets where the other one goes. */
  private split(nextFirst: bool): i32 {
    const next = this.size + 1;
    return this.add(Op.Split, nextFirst ? next : 0, nextFirst ? 0 : next);
  }

  private leave(split: i32, nextFirst: bool): void {
    this.code[split * 3 + (nextFirst ? 2 : 1)] = this.size;
  }
}

/** Which assertions a program has. */
export function assertionsOf(code: StaticArray<i32>): i32 {
  let all = 0;
  for (let i = 0; i < code.length; i += 3) {
    if (code[i] == Op.Assert) all |= code[i + 1];
  }
  return all;
}

/** Bits of `Assertion` that hold between two characters; -1 stands for an end of the text. */
export function holding(before: i32, after: i32): i32 {
  let held = isWord(before) != isWord(after) ? Assertion.Boundary : Assertion.NoBoundary;
  if (before < 0) held |= Assertion.TextStart | Assertion.LineStart;
  else if (before == 10) held |= Assertion.LineStart;
  if (after < 0) held |= Assertion.TextEnd | Assertion.LineEnd;
  else if (after == 10) held |= Assertion.LineEnd;
  return held;
}

function isWord(point: i32): bool {
  return <u32>(point - 0x30) < 10 || <u32>((point | 0x20) - 0x61) < 26 || point == 0x5f;
}
