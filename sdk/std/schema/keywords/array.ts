/** Keywords of arrays. Those about items mark the items that they looked at. */
import { hashOf } from "../value/equal";
import { Keyword, Node, Run } from "../run";
import { Kind } from "../value/tape";

/** Pairs of items with one hash that are compared; more of them are made to be slow. */
const MOST_PROBES: i32 = 64;

/** `minItems`, `maxItems`, `minProperties` and `maxProperties`. */
export class CountKeyword extends Keyword {
  constructor(
    private kind: Kind,
    private least: i32,
    private most: i32,
    private message: string,
  ) {
    super();
  }

  holds(run: Run, at: i32): bool {
    if (run.tape.kind(at) != this.kind) return true;
    const count = run.tape.count(at);
    return (count >= this.least && count <= this.most) || run.fail(at, this.message);
  }
}

/** `prefixItems` and `items`; `items` and `additionalItems` before 2020-12. */
export class ItemsKeyword extends Keyword {
  constructor(
    private first: Node[],
    private rest: Node | null,
  ) {
    super();
  }

  holds(run: Run, at: i32): bool {
    const tape = run.tape;
    if (tape.kind(at) != Kind.Array) return true;
    const end = tape.next(at);
    const first = this.first;
    const rest = this.rest;
    let index = 0;
    for (let item = at + 1; item < end; item = tape.next(item)) {
      if (index < first.length) {
        if (!run.applyToPart(first[index++], item)) return false;
      } else if (rest) {
        if (!run.applyToPart(rest, item)) return false;
      } else break;
    }
    return true;
  }
}

export class ContainsKeyword extends Keyword {
  constructor(
    private node: Node,
    private least: i32,
    private most: i32,
    private message: string,
  ) {
    super();
  }

  holds(run: Run, at: i32): bool {
    const tape = run.tape;
    if (tape.kind(at) != Kind.Array) return true;
    const end = tape.next(at);
    const all = run.marks !== null || this.most < i32.MAX_VALUE;
    let count = 0;
    run.quiet++;
    for (let item = at + 1; item < end && (all || count < this.least); item = tape.next(item)) {
      if (run.applyToPart(this.node, item)) count++;
    }
    run.quiet--;
    return (count >= this.least && count <= this.most) || run.fail(at, this.message);
  }
}

/** `uniqueItems`: a table of hashes, so that time is linear. */
export class UniqueKeyword extends Keyword {
  holds(run: Run, at: i32): bool {
    const tape = run.tape;
    if (tape.kind(at) != Kind.Array) return true;
    const end = tape.next(at);
    if (!run.spend(end - at)) return false;
    let slots = 8;
    while (slots < tape.count(at) << 1) slots <<= 1;
    const items = new StaticArray<i32>(slots);
    const hashes = new StaticArray<u32>(slots);
    for (let item = at + 1; item < end; item = tape.next(item)) {
      const hash = hashOf(tape, item);
      let slot = (<i32>hash) & (slots - 1);
      let probes = 0;
      while (items[slot]) {
        if (hashes[slot] == hash) {
          if (run.equality.same(tape, items[slot], tape, item) || ++probes > MOST_PROBES) {
            return run.fail(item, "must not be there twice");
          }
        }
        slot = (slot + 1) & (slots - 1);
      }
      items[slot] = item;
      hashes[slot] = hash;
    }
    return true;
  }
}
