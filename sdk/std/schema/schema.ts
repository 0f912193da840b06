/**
 * JSON Schema, draft-7 and 2020-12. Compile when a policy is configured, validate in requests:
 *
 *     const schema = JsonSchema.compile('{"type":"object","required":["id"]}', documents);
 *     if (schema.problem.length) return schema.problem;
 *     const error = schema.validate(JsonText.read(body, limits));    // "", or the first thing wrong
 *
 * `$schema` chooses the draft, 2020-12 without it. References go to the schema itself and to the documents
 * given with it by their addresses, never to the network. Limits: 256 KiB of text each, 64 levels, 10,000 schemas, 256
 * schemas within each other while a value is checked, and so much work for each byte of the value.
 */
import { JsonLimits } from "../json/limits";
import { JsonText } from "../json/text";
import { Compiler } from "./compiler";
import { Draft, draftOf } from "./draft";
import { Marks } from "./marks";
import { Registry, textOf } from "./registry";
import { Node, Run } from "./run";
import { Tape } from "./value/tape";

const MOST_BYTES: i32 = 256 << 10;
/** Steps that any value may take, and more for each of its entries. */
const STEPS: i32 = 5000;
const STEPS_PER_ENTRY: i32 = 24;

export class JsonSchema {
  /** What is wrong with the schema, `""` if nothing is. */
  problem: string = "";
  private root: Node = new Node(0);
  private marks: bool = false;
  private dynamic: bool = false;

  private constructor() {}

  static compile(text: string, documents: Map<string, string>): JsonSchema {
    const schema = new JsonSchema();
    const registry = new Registry();
    const main = schema.read(text);
    let draft: Draft = Draft.Twenty;
    if (main) {
      draft = schema.draft(main, draft);
      const root = registry.add(main, draft, "");
      const addresses = documents.keys();
      for (let i = 0; i < addresses.length; i++) {
        const document = schema.read(documents.get(addresses[i]));
        if (document) registry.add(document, schema.draft(document, draft), addresses[i]);
      }
      const compiler = new Compiler(registry);
      if (!schema.problem.length) schema.root = compiler.nodeAt(root);
      if (!schema.problem.length) schema.problem = compiler.problem;
      schema.marks = compiler.marks;
      schema.dynamic = compiler.dynamic;
    }
    return schema;
  }

  private read(text: string): Tape | null {
    const limits = new JsonLimits();
    limits.duplicateKeys = false;
    const json = JsonText.readText(text, limits);
    if (json.bytes.byteLength > MOST_BYTES) this.problem = "is larger than 262144 bytes";
    else if (!json.valid) this.problem = "is not JSON: " + json.error;
    return this.problem.length ? null : Tape.of(json);
  }

  private draft(tape: Tape, otherwise: Draft): Draft {
    const uri = textOf(tape, tape.member(0, "$schema"));
    if (uri === null) return otherwise;
    const draft = draftOf(uri);
    if (draft >= 0) return <Draft>draft;
    this.problem = '$schema: expected draft-07 or 2020-12, found "' + uri + '"';
    return otherwise;
  }

  /** The first thing that is wrong with a text without error, where it stands in front; `""` if nothing is. */
  validate(text: JsonText): string {
    const tape = Tape.of(text);
    const steps = STEPS + tape.size * STEPS_PER_ENTRY;
    const run = new Run(tape, steps, this.marks ? new Marks(tape.size) : null, this.dynamic);
    const right = run.apply(this.root, 0);
    if (run.stopped) return "takes too much work to check";
    if (right) return "";
    const path = run.pointer(run.errorAt);
    return path.length ? path + " " + run.error : run.error;
  }
}
