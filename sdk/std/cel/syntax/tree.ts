/** An expression as a tree. Everything that an evaluation needs is made when it is compiled. */
import { Regex } from "../../regex/regex";
import { Value } from "../value";

export enum Op {
  Literal,
  /** `text` is the name of a variable. */
  Name,
  /** `slot` is the place of a macro's variable. */
  Local,
  Select,
  /** The test `has(x.text)`. */
  Has,
  Index,
  /** `fn` is the function, a method's object the first child. */
  Call,
  List,
  /** Keys and values in turn. */
  Map,
  Not,
  Negate,
  And,
  Or,
  Conditional,
  Equal,
  NotEqual,
  Less,
  LessEqual,
  Greater,
  GreaterEqual,
  In,
  Add,
  Subtract,
  Multiply,
  Divide,
  Remainder,
  /** Macros: the list or map, then what is asked of each item, and of `Transform` with a filter, three. */
  All,
  Exists,
  ExistsOne,
  Filter,
  Transform,
}

export class Node {
  children: Array<Node> = [];
  text: string = "";
  value: Value | null = null;
  regex: Regex | null = null;
  fn: i32 = 0;
  method: bool = false;
  slot: i32 = 0;
  depth: i32 = 1;

  constructor(
    public op: Op,
    /** Where it is in the text. */
    public at: i32,
  ) {}

  add(child: Node): void {
    this.children.push(child);
    this.depth = max(this.depth, child.depth + 1);
  }

  /** `a.b.c` if that is all it is, otherwise "". */
  get path(): string {
    if (this.op == Op.Name) return this.text;
    if (this.op != Op.Select) return "";
    const outer = this.children[0].path;
    return outer.length ? outer + "." + this.text : "";
  }
}
