/**
 * Reads a pattern in RE2's syntax into a tree. What RE2 does not have, or has and this does not
 * (Unicode's classes `\p{…}`, `\C`), is refused by name, with its place in the pattern.
 */
import { CharSet, LAST_POINT } from "./charset";
import { readClass, readEscape } from "./escapes";
import { Flag, GroupReader, flagOf } from "./groups";
import { Assertion, Kind, Node } from "./tree";

export const MAX_PATTERN = 4096;
/** Groups within groups; each takes three frames of the stack here. */
export const MAX_NESTING = 50;
export const MAX_REPEAT = 1000;
export const MAX_GROUPS = 64;

export class Parser extends GroupReader {
  sets: Array<CharSet> = [];

  constructor(pattern: string) {
    super(pattern);
  }

  /** The tree; `error` says what is wrong with it, if anything is. */
  parse(flags: string): Node {
    if (this.pattern.length > MAX_PATTERN) {
      return this.wrong("the pattern is longer than 4096 characters", 0);
    }
    for (let i = 0; i < flags.length; i++) {
      const flag = flagOf(flags.charCodeAt(i));
      if (!flag) return this.wrong("flag `" + flags.charAt(i) + "` is none of i, m, s, U", 0);
      this.flags |= flag;
    }
    const tree = this.choice(0);
    if (!this.error.length && this.at < this.pattern.length) {
      return this.wrong("`)` closes no group", this.at);
    }
    return tree;
  }

  private wrong(reason: string, at: i32): Node {
    this.fail(reason, at);
    return new Node(Kind.Empty);
  }

  private choice(depth: i32): Node {
    const flags = this.flags;
    let first = this.sequence(depth);
    if (this.peek() == 0x7c) {
      const node = new Node(Kind.Choice);
      node.children.push(first);
      while (this.peek() == 0x7c) {
        this.at++;
        node.children.push(this.sequence(depth));
      }
      first = node;
    }
    this.flags = flags;
    return first;
  }

  private sequence(depth: i32): Node {
    const node = new Node(Kind.Sequence);
    for (let c = this.peek(); c >= 0 && c != 0x7c && c != 0x29; c = this.peek()) {
      if (c == 0x5c && this.peek(1) == 0x51) {
        this.quoted(node);
        continue;
      }
      const part = this.repeated(this.atom(depth));
      if (part.kind != Kind.Empty) node.children.push(part);
    }
    if (!node.children.length) return new Node(Kind.Empty);
    return node.children.length == 1 ? node.children[0] : node;
  }

  /** `\Q…\E`: letters as they are; a repetition after it belongs to the last one. */
  private quoted(into: Node): void {
    this.at += 2;
    while (this.at < this.pattern.length) {
      if (this.peek() == 0x5c && this.peek(1) == 0x45) {
        this.at += 2;
        break;
      }
      into.children.push(this.literal(this.take()));
    }
    if (into.children.length) into.children.push(this.repeated(into.children.pop()));
  }

  private literal(point: u32): Node {
    const set = new CharSet();
    set.add(point, point);
    return this.set(set);
  }

  private set(set: CharSet): Node {
    const node = new Node(Kind.Set);
    const wanted = this.flags & Flag.IgnoreCase ? set.folded() : set;
    for (let i = 0; i < this.sets.length; i++) {
      if (this.sets[i].equals(wanted)) {
        node.value = i;
        return node;
      }
    }
    node.value = this.sets.push(wanted) - 1;
    return node;
  }

  private assertion(which: Assertion): Node {
    const node = new Node(Kind.Assert);
    node.value = which;
    return node;
  }

  private atom(depth: i32): Node {
    const start = this.at;
    const c = this.take();
    switch (c) {
      case 0x28:
        return this.group(depth, start);
      case 0x5b: {
        const set = readClass(this, (this.flags & Flag.IgnoreCase) != 0);
        return set ? this.set(set) : new Node(Kind.Empty);
      }
      case 0x2e: {
        const set = new CharSet();
        set.add(0, this.flags & Flag.DotAll ? LAST_POINT : 9);
        set.add(11, LAST_POINT);
        return this.plainSet(set);
      }
      case 0x5e:
        return this.assertion(
          this.flags & Flag.MultiLine ? Assertion.LineStart : Assertion.TextStart,
        );
      case 0x24:
        return this.assertion(this.flags & Flag.MultiLine ? Assertion.LineEnd : Assertion.TextEnd);
      case 0x2a:
      case 0x2b:
      case 0x3f:
        return this.wrong("`" + String.fromCodePoint(c) + "` repeats nothing", start);
      case 0x5c: {
        const next = this.peek();
        const which =
          next == 0x41 ? 1 : next == 0x7a ? 2 : next == 0x62 ? 16 : next == 0x42 ? 32 : 0;
        if (which) {
          this.at++;
          return this.assertion(which);
        }
        const escape = readEscape(this, start);
        if (!escape) return new Node(Kind.Empty);
        return escape.set ? this.set(escape.set!) : this.literal(escape.point);
      }
    }
    return this.literal(c);
  }

  private plainSet(set: CharSet): Node {
    const flags = this.flags;
    this.flags &= ~Flag.IgnoreCase;
    const node = this.set(set);
    this.flags = flags;
    return node;
  }

  private group(depth: i32, start: i32): Node {
    if (depth >= MAX_NESTING) return this.wrong("groups nest deeper than 50", start);
    const flags = this.flags;
    let number = 0;
    if (this.peek() == 0x3f) {
      this.at++;
      const named = this.groupName(start);
      if (named < 0) return this.wrong("", start);
      if (named) number = this.groups++;
      else {
        const end = this.groupFlags(start);
        if (end < 0) return new Node(Kind.Empty);
        // `(?i)` holds until the group around it ends.
        if (end == 0x29) return new Node(Kind.Empty);
      }
    } else {
      number = this.groups++;
      this.names.push("");
    }
    if (this.groups > MAX_GROUPS) return this.wrong("there are more than 64 groups", start);
    let inner = this.choice(depth + 1);
    if (this.error.length) return inner;
    if (this.peek() != 0x29) return this.wrong("`(` is not closed", start);
    this.at++;
    this.flags = flags;
    if (number) {
      const node = new Node(Kind.Group);
      node.value = number;
      node.children.push(inner);
      inner = node;
    }
    return inner;
  }

  private repeated(atom: Node): Node {
    let node = atom;
    let times = 0;
    for (;;) {
      const start = this.at;
      const c = this.peek();
      let least = 0;
      let most = -1;
      if (c == 0x2b) least = 1;
      else if (c == 0x3f) most = 1;
      else if (c == 0x7b) {
        const end = this.bounds();
        if (end < 0) break;
        least = this.least;
        most = this.most;
        this.at = end - 1;
        if (least > MAX_REPEAT || most > MAX_REPEAT)
          return this.wrong("a repetition counts above 1000", start);
        if (most >= 0 && most < least)
          return this.wrong("a repetition's limits are the wrong way round", start);
      } else if (c != 0x2a) break;
      if (times++) return this.wrong("a repetition repeats a repetition", start);
      this.at++;
      let greedy = (this.flags & Flag.Ungreedy) == 0;
      if (this.peek() == 0x3f) {
        this.at++;
        greedy = !greedy;
      }
      if (node.kind == Kind.Empty) continue;
      const repeat = new Node(Kind.Repeat);
      repeat.least = least;
      repeat.most = most;
      repeat.greedy = greedy;
      repeat.children.push(node);
      node = repeat;
    }
    return node;
  }
}
