/**
 * What a schema becomes, and one validation by it: the value, how much work is left, what was wrong first. Every schema that is asked about
 * a value costs a step; without steps, or too deep in schemas, everything is wrong, also what a `not` asks.
 */
import { Equality } from "./value/equal";
import { Marks } from "./marks";
import { Kind, Tape } from "./value/tape";

/** Schemas within schemas, each time asked about one value or a part of it. */
const DEEPEST: i32 = 256;

export abstract class Keyword {
  /** Whether the value at this entry of the run's tape is as the keyword wants it; if not, tells the run. */
  abstract holds(run: Run, at: i32): bool;
}

export class Node {
  keywords: Keyword[] = [];
  /** The schema `false`: nothing is right. */
  never: bool = false;

  constructor(
    /** The number of the schema resource that it stands in. */
    readonly resource: i32,
  ) {}
}

export class Run {
  /** What is wrong, `""` if nothing is, and with which entry. */
  error: string = "";
  errorAt: i32 = 0;
  /** Out of steps, or too deep. */
  stopped: bool = false;
  /** Above zero while a failure decides nothing by itself. */
  quiet: i32 = 0;
  readonly equality: Equality;
  /** The resources that are being asked, the outermost first. */
  readonly scopes: i32[] = [];
  /** The height of the marks when the schema that is being asked began. */
  since: i32 = 0;
  private depth: i32 = 0;

  constructor(
    readonly tape: Tape,
    private steps: i32,
    /** What was looked at already, if some schema wants to know that. */
    readonly marks: Marks | null,
    private dynamic: bool,
  ) {
    this.equality = new Equality(steps);
  }

  fail(at: i32, message: string): bool {
    if (!this.quiet && !this.error.length) {
      this.error = message;
      this.errorAt = at;
    }
    return false;
  }

  /** Takes `steps` for work of a keyword's own. False if there are not so many left. */
  spend(steps: i32): bool {
    this.steps -= steps;
    if (this.steps < 0 || this.equality.left < 0) this.stopped = true;
    return !this.stopped;
  }

  /** A schema about the same value. What it marks counts only if the value is right. */
  apply(node: Node, at: i32): bool {
    if (!this.spend(1) || this.depth >= DEEPEST) {
      this.stopped = true;
      return false;
    }
    if (node.never) return this.fail(at, "is not allowed");
    const marks = this.marks;
    const height = marks ? marks.height : 0;
    const outer = this.since;
    this.since = height;
    const entered = this.dynamic && this.enter(node.resource);
    this.depth++;
    let right = true;
    for (let i = 0; i < node.keywords.length && right; i++) {
      right = node.keywords[i].holds(this, at) && !this.stopped;
    }
    this.depth--;
    this.since = outer;
    if (entered) this.scopes.pop();
    if (marks && !right) marks.back(height);
    return right;
  }

  private enter(resource: i32): bool {
    const top = this.scopes.length - 1;
    if (top >= 0 && this.scopes[top] == resource) return false;
    this.scopes.push(resource);
    return true;
  }

  /** A schema about a part of the value, which is marked as looked at if it is right. */
  applyToPart(node: Node, part: i32): bool {
    const marks = this.marks;
    if (!marks) return this.apply(node, part);
    const height = marks.height;
    const right = this.apply(node, part);
    marks.back(height);
    if (right) marks.add(part);
    return right;
  }

  /** As `apply`, where no is an answer as good as yes. */
  asks(node: Node, at: i32): bool {
    this.quiet++;
    const right = this.apply(node, at);
    this.quiet--;
    return right;
  }

  /** The pointer (RFC 6901) to an entry; a key counts as its object. */
  pointer(to: i32): string {
    const tape = this.tape;
    let path = "";
    let at = 0;
    while (at < to) {
      const isObject = tape.kind(at) == Kind.Object;
      let part = at + 1;
      let index = 0;
      while (tape.next(part + <i32>isObject) <= to) {
        part = tape.next(part + <i32>isObject);
        index++;
      }
      if (isObject && part == to) return path;
      path += "/" + (isObject ? escaped(tape.text(part)) : index.toString());
      at = part + <i32>isObject;
    }
    return path;
  }
}

function escaped(name: string): string {
  return name.replaceAll("~", "~0").replaceAll("/", "~1");
}
