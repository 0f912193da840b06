/**
 * The JSON Schema of what a reading function takes, found by letting that very function read: the reader that it is given
 * has no document and notes what is asked of it. So a description cannot say other than what validates.
 *
 * A function asks different things of different documents, so it reads several times: with everything there and with
 * nothing, and once with each value of a choice. What every time requires is required.
 */
import { Reader } from "../model/reader.ts";
import type { Schema } from "./schema.ts";

interface Pass {
  absent: boolean;
  raw: string | undefined;
  /** Which value of each choice is found. */
  choice: number;
}

const mostChoices = 8;
const passes: readonly Pass[] = Array.from({ length: mostChoices * 4 }, (_, i) => ({
  absent: (i & 1) === 1,
  raw: i & 2 ? "text" : undefined,
  choice: i >> 2,
}));

/** `templates`: the field whose texts may have `{{ … }}` in place of what they must be. */
export function describeReading(
  read: (document: Reader) => unknown,
  templates: string | null = null,
): Schema {
  const note = new Note();
  for (const pass of passes) {
    note.seenIn.add(pass);
    note.requiredIn.add(pass);
    read(new Tracer(note, "", pass));
  }
  return schemaOf(note, { path: "", templates, required: true });
}

/** What was asked of one value. */
class Note {
  readonly seenIn = new Set<Pass>();
  readonly requiredIn = new Set<Pass>();
  readonly alternatives = new Map<string, Schema>();
  readonly fields = new Map<string, Note>();
  text: Schema | null = null;
  /** Of a list. */
  items: Note | null = null;
  /** Of an object whose keys the sender chooses. */
  values: Note | null = null;
  more: Schema = {};

  add(schema: Schema): void {
    this.alternatives.set(JSON.stringify(schema), schema);
  }
}

class Tracer extends Reader {
  constructor(
    private readonly note: Note,
    path: string,
    private readonly pass: Pass,
  ) {
    super(undefined, path);
  }

  override get absent(): boolean {
    return this.pass.absent;
  }

  override fail(): void {}

  override done(): void {}

  override at(name: string): Reader {
    const note = this.note.fields.get(name) ?? new Note();
    this.note.fields.set(name, note);
    return this.child(note, name);
  }

  override required(): this {
    this.note.requiredIn.add(this.pass);
    return this;
  }

  override expects(schema: Schema): this {
    this.note.more = { ...this.note.more, ...schema };
    return this;
  }

  override text(rule: Parameters<Reader["text"]>[0] = {}): string | null {
    const { min = 1, max, pattern } = rule;
    // Read twice, it must be right twice.
    this.note.text = {
      ...this.note.text,
      ...(min > 0 && { minLength: min }),
      ...(max !== undefined && { maxLength: max }),
      ...(pattern && { pattern: anyCase(pattern) }),
    };
    return null;
  }

  override oneOf<T extends string>(allowed: readonly T[]): T | null {
    this.note.add({ enum: allowed });
    return allowed[this.pass.choice % allowed.length] ?? null;
  }

  override integer(minimum: number, maximum: number): number | null {
    this.note.add({ type: "integer", minimum, maximum });
    // Forms and YAML write numbers as texts.
    this.note.add({ type: "string", pattern: "^-?[0-9]+(\\.0+)?$" });
    return null;
  }

  override flag(): boolean | null {
    this.note.add({ type: "boolean" });
    return null;
  }

  override entries(): [string, Reader][] {
    this.note.values ??= new Note();
    return [["name", this.child(this.note.values, "name")]];
  }

  override items({ min, max }: { min?: number; max?: number } = {}): Reader[] {
    this.note.items ??= new Note();
    this.note.add({
      type: "array",
      ...(min !== undefined && { minItems: min }),
      ...(max !== undefined && { maxItems: max }),
    });
    return [this.child(this.note.items, "[0]")];
  }

  override isObject(): boolean {
    this.note.add({ type: "object" });
    return true;
  }

  override raw(): unknown {
    return this.pass.raw;
  }

  private child(note: Note, name: string): Tracer {
    note.seenIn.add(this.pass);
    return new Tracer(note, this.path ? `${this.path}.${name}` : name, this.pass);
  }
}

/** JSON Schema has no flags. */
const anyCase = ({ source, flags }: RegExp): string =>
  flags.includes("i")
    ? source.replace(/\[([^\]]*a-z[^\]]*)\]/g, "[$1A-Z]").replace(/a-f\]/g, "a-fA-F]")
    : source;

interface Place {
  path: string;
  templates: string | null;
  required: boolean;
}

const template: Schema = { type: "string", pattern: "\\{\\{" };

function schemaOf(note: Note, { path, templates, required }: Place): Schema {
  const below = (name: string, child: Note, isRequired: boolean) =>
    schemaOf(child, {
      path: path ? `${path}.${name}` : name,
      templates,
      required: isRequired,
    });
  const isTemplated = templates !== null && path.startsWith(`${templates}.`);
  const alternatives = [...note.alternatives.values()].filter(({ type }) => type !== "object");
  const isObject =
    note.fields.size > 0 || note.values !== null || note.alternatives.size > alternatives.length;
  const all: Schema[] = alternatives.map((one) =>
    one["type"] === "array" && note.items ? { ...one, items: below("[]", note.items, true) } : one,
  );
  // As YAML writes texts: `version: 1` is one too.
  if (note.text && !note.more["type"])
    all.push({ type: ["string", "number", "boolean"], ...note.text });
  if (isObject) {
    const fields = [...note.fields].map(([name, child]) => {
      const always = [...child.seenIn].every((pass) => child.requiredIn.has(pass));
      const isRequired = always && child.seenIn.size === note.seenIn.size;
      return { name, isRequired, schema: below(name, child, isRequired) };
    });
    const names = fields.filter((field) => field.isRequired).map(({ name }) => name);
    all.push({
      type: "object",
      ...(fields.length > 0 && {
        properties: Object.fromEntries(fields.map(({ name, schema }) => [name, schema])),
      }),
      ...(names.length > 0 && { required: names }),
      ...(note.values && { additionalProperties: below("*", note.values, false) }),
    });
  }
  const isLeaf = all.length > 0 && !isObject && note.items === null;
  if (isLeaf && isTemplated && !note.more["pattern"] && all.every(isFreeText)) return finish(all);
  return finish(isLeaf && isTemplated ? [...all.map(withMore), template] : all.map(withMore));

  function withMore(schema: Schema): Schema {
    return { ...schema, ...note.more };
  }
  /** What is not required may be null, which is the same as not there. */
  function finish(found: Schema[]): Schema {
    if (found.length === 0) return note.more;
    const every = required ? found : [...found, { type: "null" }];
    return every.length === 1 ? every[0]! : { anyOf: every };
  }
}

const isFreeText = (schema: Schema): boolean =>
  Array.isArray(schema["type"]) && schema["pattern"] === undefined;
