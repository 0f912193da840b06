/**
 * Schemas of a description as JSON Schema 2020-12, each whole in itself: what it refers to stands in its `$defs`, so a
 * schema may refer to itself. Words that check nothing are left out.
 */
import { isObject, type Json, type Located, type Spec } from "./spec.ts";

const kept = new Set(
  "type enum const multipleOf maximum exclusiveMaximum minimum exclusiveMinimum maxLength minLength maxItems minItems uniqueItems maxProperties minProperties minContains maxContains dependentRequired".split(
    " ",
  ),
);
const single = new Set(
  "items additionalProperties not if then else contains propertyNames unevaluatedItems unevaluatedProperties".split(
    " ",
  ),
);
const lists = new Set("allOf anyOf oneOf prefixItems".split(" "));
const maps = new Set("properties patternProperties dependentSchemas".split(" "));
/** They change what a reference means, which nobody here follows. */
const refused = new Set("$dynamicRef $dynamicAnchor $id $anchor".split(" "));

/** RE2 has none of these: the policy would be refused. */
const outsideRe2 = /\(\?(?:[=!]|<[=!])|\\[1-9]|\\k<|\\[pP]\{/;

/** As deep as the policy goes. */
const deepest = 60;

export class SchemaWriter {
  private readonly defs = new Map<string, { name: string; schema: unknown }>();

  constructor(
    private readonly spec: Spec,
    private readonly remark: (text: string) => void,
  ) {}

  /** With everything that it refers to. */
  async whole(schema: Located): Promise<unknown> {
    const written = await this.write(schema, 0);
    if (this.defs.size === 0 || !isObject(written)) return written;
    const defs = [...this.defs.values()].map(({ name, schema }) => [name, schema]);
    return { ...written, $defs: Object.fromEntries(defs) };
  }

  private async write({ value, file }: Located, depth: number): Promise<unknown> {
    if (typeof value === "boolean") return value;
    if (!isObject(value))
      throw this.spec.wrong(`expected a schema, found ${JSON.stringify(value)}`);
    if (depth > deepest) throw this.spec.wrong(`a schema is deeper than ${deepest} levels`);
    const out: Json = {};
    const reference = value["$ref"];
    if (typeof reference === "string") {
      out["$ref"] = `#/$defs/${await this.define(reference, file)}`;
      // Whatever stands beside a reference counts for nothing in 3.0.
      if (this.spec.version === "3.0") return out;
    }
    const inner = (one: unknown) => this.write({ value: one, file }, depth + 1);
    for (const [key, one] of Object.entries(value)) {
      if (refused.has(key)) throw this.spec.wrong(`schemas with ${key} are not understood`);
      if (kept.has(key)) out[key] = one;
      else if (single.has(key)) out[key] = await inner(one);
      else if (lists.has(key)) out[key] = await Promise.all((one as unknown[]).map(inner));
      else if (maps.has(key)) out[key] = await mapped(one as Json, inner);
      else if (key === "pattern") this.pattern(out, String(one));
    }
    const required = await this.required({ value, file });
    if (required.length > 0) out["required"] = required;
    return this.spec.version === "3.0" ? inNewWords(value, out) : out;
  }

  /** The name of a definition, which is written when it is met first. */
  private async define(reference: string, from: string): Promise<string> {
    const { file, pointer } = this.spec.place(reference, from);
    const known = this.defs.get(`${file}#${pointer}`);
    if (known) return known.name;
    const last = (pointer.split("/").at(-1) || "schema").replace(/[^\w.-]+/g, "_");
    const taken = new Set([...this.defs.values()].map(({ name }) => name));
    let name = last;
    for (let i = 2; taken.has(name); i++) name = `${last}-${i}`;
    const entry = { name, schema: {} as unknown };
    this.defs.set(`${file}#${pointer}`, entry);
    entry.schema = await this.write(await this.spec.at(reference, from), 0);
    return name;
  }

  /** A client need not send what only answers have. */
  private async required({ value, file }: Located): Promise<string[]> {
    const { required = [], properties = {} } = value as { required?: string[]; properties?: Json };
    if (!Array.isArray(required)) return [];
    const wanted: string[] = [];
    for (const name of required) {
      const one = isObject(properties) ? properties[name] : undefined;
      const found = one === undefined ? null : await this.spec.follow({ value: one, file });
      if (!(isObject(found?.value) && found.value["readOnly"] === true)) wanted.push(name);
    }
    return wanted;
  }

  private pattern(out: Json, pattern: string): void {
    if (outsideRe2.test(pattern))
      this.remark(`the pattern ${pattern} is left out: gateways match in linear time`);
    else out["pattern"] = pattern;
  }
}

async function mapped(map: Json, inner: (one: unknown) => Promise<unknown>): Promise<Json> {
  const out: Json = {};
  for (const [key, one] of Object.entries(map)) out[key] = await inner(one);
  return out;
}

/** `nullable`, and exclusive limits that are true or false. */
function inNewWords(value: Json, out: Json): Json {
  if (value["nullable"] === true && typeof out["type"] === "string")
    out["type"] = [out["type"], "null"];
  for (const [limit, exclusive] of [
    ["minimum", "exclusiveMinimum"],
    ["maximum", "exclusiveMaximum"],
  ] as const) {
    if (typeof out[exclusive] !== "boolean") continue;
    if (out[exclusive]) out[exclusive] = out[limit];
    else delete out[exclusive];
    if (value[exclusive] === true) delete out[limit];
  }
  return out;
}
