/** `unevaluatedItems` and `unevaluatedProperties`: what no other keyword beside or below looked at. */
import { Keyword, Node, Run } from "../run";
import { Kind } from "../value/tape";

export class UnevaluatedKeyword extends Keyword {
  constructor(
    private kind: Kind,
    private node: Node,
  ) {
    super();
  }

  holds(run: Run, at: i32): bool {
    const tape = run.tape;
    if (tape.kind(at) != this.kind) return true;
    const since = run.since;
    const step = this.kind == Kind.Object ? 1 : 0;
    const end = tape.next(at);
    for (let part = at + 1 + step; part < end; part = tape.next(part) + step) {
      if (run.marks!.has(part, since)) continue;
      if (!run.applyToPart(this.node, part)) return false;
    }
    return true;
  }
}
