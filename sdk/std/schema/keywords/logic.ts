/** Keywords that put schemas together, and those that point to others. */
import { Keyword, Node, Run } from "../run";

export class AllOfKeyword extends Keyword {
  constructor(private nodes: Node[]) {
    super();
  }

  holds(run: Run, at: i32): bool {
    for (let i = 0; i < this.nodes.length; i++) if (!run.apply(this.nodes[i], at)) return false;
    return true;
  }
}

export class AnyOfKeyword extends Keyword {
  constructor(private nodes: Node[]) {
    super();
  }

  /** With marks all are asked, because each that is right marks what it looked at. */
  holds(run: Run, at: i32): bool {
    let right = false;
    for (let i = 0; i < this.nodes.length && (!right || run.marks); i++) {
      if (run.asks(this.nodes[i], at)) right = true;
    }
    return right || run.fail(at, "is as none of the alternatives (anyOf) wants it");
  }
}

export class OneOfKeyword extends Keyword {
  constructor(private nodes: Node[]) {
    super();
  }

  holds(run: Run, at: i32): bool {
    let right = 0;
    for (let i = 0; i < this.nodes.length && right < 2; i++) {
      if (run.asks(this.nodes[i], at)) right++;
    }
    if (right == 1) return true;
    const how = right ? "more than one" : "none";
    return run.fail(at, "is as " + how + " of the alternatives (oneOf) wants it");
  }
}

export class NotKeyword extends Keyword {
  constructor(private node: Node) {
    super();
  }

  holds(run: Run, at: i32): bool {
    const marks = run.marks;
    const height = marks ? marks.height : 0;
    const right = run.asks(this.node, at);
    if (marks) marks.back(height);
    return !right || run.fail(at, "is as it must not be");
  }
}

export class IfKeyword extends Keyword {
  constructor(
    private condition: Node,
    private then: Node | null,
    private otherwise: Node | null,
  ) {
    super();
  }

  holds(run: Run, at: i32): bool {
    const next = run.asks(this.condition, at) ? this.then : this.otherwise;
    return !next || run.apply(next, at);
  }
}

export class RefKeyword extends Keyword {
  constructor(private target: Node) {
    super();
  }

  holds(run: Run, at: i32): bool {
    return run.apply(this.target, at);
  }
}

/** `$dynamicRef` to a dynamic anchor: the outermost resource that has one of this name decides. */
export class DynamicRefKeyword extends Keyword {
  constructor(
    private target: Node,
    /** For each resource its anchor of this name, null if it has none. */
    private anchors: (Node | null)[],
  ) {
    super();
  }

  holds(run: Run, at: i32): bool {
    for (let i = 0; i < run.scopes.length; i++) {
      const resource = run.scopes[i];
      const node = resource < this.anchors.length ? this.anchors[resource] : null;
      if (node) return run.apply(node, at);
    }
    return run.apply(this.target, at);
  }
}
