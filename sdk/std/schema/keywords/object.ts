/** Keywords of objects. Those about members mark the values that they looked at. */
import { Regex } from "../../regex/regex";
import { Keyword, Node, Run } from "../run";
import { NameTable } from "../value/names";
import { Kind } from "../value/tape";

export class PatternMembers {
  constructor(
    readonly regex: Regex,
    readonly node: Node,
  ) {}
}

/** `properties`, `patternProperties` and `additionalProperties` in one pass over the members. */
export class MembersKeyword extends Keyword {
  constructor(
    private named: NameTable,
    private nodes: Node[],
    private patterns: PatternMembers[],
    private others: Node | null,
  ) {
    super();
  }

  holds(run: Run, at: i32): bool {
    const tape = run.tape;
    if (tape.kind(at) != Kind.Object) return true;
    const end = tape.next(at);
    for (let key = at + 1; key < end; key = tape.next(key + 1)) {
      if (!this.holdsMember(run, key)) return false;
    }
    return true;
  }

  private holdsMember(run: Run, key: i32): bool {
    const value = key + 1;
    const place = this.named.find(run.tape, key);
    if (place >= 0 && !run.applyToPart(this.nodes[place], value)) return false;
    let known = place >= 0;
    if (this.patterns.length) {
      const name = run.tape.text(key);
      for (let i = 0; i < this.patterns.length; i++) {
        const pattern = this.patterns[i];
        if (!pattern.regex.test(name)) continue;
        if (!run.applyToPart(pattern.node, value)) return false;
        known = true;
      }
    }
    const others = this.others;
    return known || !others || run.applyToPart(others, value);
  }
}

export class NamesKeyword extends Keyword {
  constructor(private node: Node) {
    super();
  }

  holds(run: Run, at: i32): bool {
    const tape = run.tape;
    if (tape.kind(at) != Kind.Object) return true;
    const end = tape.next(at);
    for (let key = at + 1; key < end; key = tape.next(key + 1)) {
      if (!run.apply(this.node, key)) return false;
    }
    return true;
  }
}

/** `required`; `dependentRequired` and `dependencies` with a list, where `when` is there. */
export class RequiredKeyword extends Keyword {
  constructor(
    private when: NameTable | null,
    private names: NameTable,
  ) {
    super();
  }

  holds(run: Run, at: i32): bool {
    const tape = run.tape;
    if (tape.kind(at) != Kind.Object) return true;
    const when = this.when;
    const names = this.names;
    const seen = new StaticArray<bool>(names.size);
    let left = names.size;
    let asked = !when;
    const end = tape.next(at);
    for (let key = at + 1; key < end; key = tape.next(key + 1)) {
      if (!asked && when && when.find(tape, key) >= 0) asked = true;
      const place = names.find(tape, key);
      if (place < 0 || seen[place]) continue;
      seen[place] = true;
      left--;
    }
    if (!asked || !left) return true;
    let missing = 0;
    while (seen[missing]) missing++;
    return run.quiet ? false : run.fail(at, 'must have "' + names.text(missing) + '"');
  }
}

/** `dependentSchemas`, and `dependencies` with a schema. */
export class DependentKeyword extends Keyword {
  constructor(
    private when: NameTable,
    private node: Node,
  ) {
    super();
  }

  holds(run: Run, at: i32): bool {
    const tape = run.tape;
    if (tape.kind(at) != Kind.Object) return true;
    const end = tape.next(at);
    for (let key = at + 1; key < end; key = tape.next(key + 1)) {
      if (this.when.find(tape, key) >= 0) return run.apply(this.node, at);
    }
    return true;
  }
}
