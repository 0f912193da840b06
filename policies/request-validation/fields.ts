/**
 * Query parameters and headers as an object that a schema can be asked about. They are text; where the
 * schema's `properties` name another type, text that reads as such a value is that value, and any other
 * stays text, which the schema then refuses.
 */
import { Request } from "sluice/sdk";
import { JsonLimits } from "sluice/sdk/std/json/limits";
import { JsonText } from "sluice/sdk/std/json/text";
import { JsonKind, JsonValue } from "sluice/sdk/std/json/value";
import { JsonWriter } from "sluice/sdk/std/json/writer";
import { Query } from "sluice/sdk/std/net/query";
import { JsonSchema } from "sluice/sdk/std/schema/schema";

const MOST_PARAMETERS: i32 = 256;

/** Names with their values, in the order of their first. */
export class Values {
  readonly names: string[] = [];
  readonly values: string[][] = [];
  private places: Map<string, i32> = new Map<string, i32>();

  add(name: string, value: string): void {
    if (this.places.has(name)) {
      this.values[this.places.get(name)].push(value);
      return;
    }
    this.places.set(name, this.names.length);
    this.names.push(name);
    this.values.push([value]);
  }
}

/** Null if some pair cannot be decoded, as the upstream might read it in its own way. */
export function queryOf(request: Request): Values | null {
  const query = Query.parse(request.query);
  if (query.length > MOST_PARAMETERS) return null;
  const values = new Values();
  for (let i = 0; i < query.length; i++) {
    const name = query.nameAt(i);
    if (name === null) return null;
    values.add(name, query.valueAt(i));
  }
  return values;
}

export function headersOf(request: Request): Values {
  const values = new Values();
  const names = request.headers.names();
  const seen = new Set<string>();
  for (let i = 0; i < names.length; i++) {
    if (names[i].startsWith(":") || seen.has(names[i])) continue;
    seen.add(names[i]);
    const all = request.headers.all(names[i]);
    for (let j = 0; j < all.length; j++) values.add(names[i], all[j]);
  }
  return values;
}

export class Fields {
  problem: string = "";
  private schema: JsonSchema;
  /** Name to `type` of the schema's properties, and of an array's items behind a `[`. */
  private types: Map<string, string> = new Map<string, string>();

  constructor(schema: string, documents: Map<string, string>, lowerCase: bool) {
    this.schema = JsonSchema.compile(schema, documents);
    this.problem = this.schema.problem;
    if (!this.problem.length) this.readTypes(schema, lowerCase);
  }

  private readTypes(schema: string, lowerCase: bool): void {
    const properties = JsonText.readText(schema, new JsonLimits()).root.get("properties");
    if (properties === null) return;
    const members = properties.members();
    while (members.next()) {
      const name = members.key;
      if (lowerCase && name != name.toLowerCase()) {
        this.problem = "properties: header names are in lower case, found " + name;
      }
      this.types.set(name, typeOf(members.value));
    }
  }

  /** The first thing that is wrong, `""` if nothing is. */
  check(values: Values): string {
    const out = new JsonWriter();
    out.beginObject();
    for (let i = 0; i < values.names.length; i++) {
      const name = values.names[i];
      const type = this.types.has(name) ? this.types.get(name) : "";
      out.key(name);
      this.write(out, type, values.values[i]);
    }
    out.endObject();
    const text = JsonText.read(out.finish(), new JsonLimits());
    return text.valid ? this.schema.validate(text) : "has " + text.error;
  }

  private write(out: JsonWriter, type: string, values: string[]): void {
    const list = type.startsWith("[");
    if (!list && values.length == 1) return writeValue(out, type, values[0]);
    const inner = list ? type.substring(1) : type;
    out.beginArray();
    for (let i = 0; i < values.length; i++) writeValue(out, inner, values[i]);
    out.endArray();
  }
}

function typeOf(schema: JsonValue): string {
  const type = schema.get("type");
  const name = type ? type.text : null;
  if (name === null) return "";
  if (name != "array") return name;
  const items = schema.get("items");
  return "[" + (items ? typeOf(items) : "");
}

function writeValue(out: JsonWriter, type: string, value: string): void {
  if (readsAs(type, value)) out.raw(JsonText.readText(value, new JsonLimits()).bytes);
  else out.text(value);
}

function readsAs(type: string, value: string): bool {
  if (type == "boolean") return value == "true" || value == "false";
  if (type == "null") return value == "null";
  if (type != "integer" && type != "number") return false;
  const text = JsonText.readText(value, new JsonLimits());
  return text.valid && text.root.kind == JsonKind.Number && value.trim().length == value.length;
}
