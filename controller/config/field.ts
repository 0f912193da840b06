/**
 * One description of a configuration value: its JSON Schema and, by inference, its TypeScript type. Everything that reads
 * the configuration (validation, defaults, `ap gateway config`, documentation) starts from these.
 */
export interface JsonSchema {
  type?: "object" | "array" | "string" | "integer" | "number" | "boolean";
  description?: string;
  default?: unknown;
  enum?: readonly string[];
  pattern?: string;
  minimum?: number;
  maximum?: number;
  minLength?: number;
  minItems?: number;
  properties?: Record<string, JsonSchema>;
  patternProperties?: Record<string, JsonSchema>;
  additionalProperties?: boolean | JsonSchema;
  required?: readonly string[];
  items?: JsonSchema;
  /** What was expected, in words, where the schema's own are hard to read. */
  "x-expected"?: string;
  /** Never shown. */
  "x-secret"?: true;
  /** Taken so that a file from elsewhere is not refused; why it does nothing here. */
  "x-no-effect"?: string;
}

export interface Field<T> {
  readonly schema: JsonSchema;
  /** Never there: carries the type. */
  readonly type?: T;
}

export type Value<F> = F extends Field<infer T> ? T : never;
type Values<S> = { [K in keyof S]: Value<S[K]> };

const field = <T>(schema: JsonSchema): Field<T> => ({ schema });

export const text = (fallback: string, description: string): Field<string> =>
  field({ type: "string", default: fallback, description });

/** A text that has to be there. */
export const name = (description: string): Field<string> =>
  field({ type: "string", minLength: 1, description, "x-expected": "a text that is not empty" });

export const secret = (description: string): Field<string> =>
  field({ type: "string", default: "", description, "x-secret": true });

export const flag = (fallback: boolean, description: string): Field<boolean> =>
  field({ type: "boolean", default: fallback, description });

export const integer = (
  fallback: number,
  [minimum, maximum]: readonly [number, number],
  description: string,
): Field<number> => field({ type: "integer", default: fallback, minimum, maximum, description });

export const number = (
  fallback: number,
  [minimum, maximum]: readonly [number, number],
  description: string,
): Field<number> => field({ type: "number", default: fallback, minimum, maximum, description });

export const port = (fallback: number, description: string): Field<number> =>
  field({
    ...integer(fallback, [0, 65_535], description).schema,
    "x-expected": "a port from 0 to 65535",
  });

export const choice = <const T extends string>(
  fallback: NoInfer<T>,
  allowed: readonly T[],
  description: string,
): Field<T> => field({ type: "string", default: fallback, enum: allowed, description });

/** As Go writes them, for example `1h30m`; a reader turns it into milliseconds with `milliseconds`. */
export const duration = (fallback: string, description: string): Field<string> =>
  field({
    type: "string",
    default: fallback,
    pattern: String.raw`^(0|(\d+(\.\d+)?(ms|s|m|h))+)$`,
    description,
    "x-expected": "a duration such as 500ms, 30s or 5m",
  });

const unitMs = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 } as const;

export const milliseconds = (duration: string): number =>
  [...duration.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g)].reduce(
    (sum, [, amount, unit]) => sum + Number(amount) * unitMs[unit as keyof typeof unitMs],
    0,
  );

export const list = <T>(item: Field<T>, fallback: NoInfer<T>[], description: string): Field<T[]> =>
  field({ type: "array", items: item.schema, default: fallback, description });

/** Values by names that the user chooses. */
export const table = <T>(item: Field<T>, description: string): Field<Record<string, T>> =>
  field({ type: "object", additionalProperties: item.schema, default: {}, description });

/** Known keys and no others; absent means every default. */
export const section = <S extends Record<string, Field<unknown>>>(
  description: string,
  fields: S,
): Field<Values<S>> => field({ ...closed(fields), default: {}, description });

/** A section that is `undefined` unless it is written. */
export const optional = <T>(inner: Field<T>): Field<T | undefined> => {
  const { default: _, ...schema } = inner.schema;
  return field(schema);
};

/** One entry of a list: a section in which some keys have to be there. */
export const entry = <S extends Record<string, Field<unknown>>>(
  required: readonly (keyof S & string)[],
  fields: S,
): Field<Values<S>> => field({ ...closed(fields), required });

const closed = (fields: Record<string, Field<unknown>>): JsonSchema => ({
  type: "object",
  properties: Object.fromEntries(Object.entries(fields).map(([key, { schema }]) => [key, schema])),
  additionalProperties: false,
});

/** What a file from elsewhere may have and this gateway has no use for, in any shape. */
export const ignored = (reason: string): Field<unknown> => field({ "x-no-effect": reason });

/** Any keys and values: whoever uses them checks them. */
export const anything = (description: string): Field<Record<string, unknown>> =>
  field({ type: "object", default: {}, additionalProperties: true, description });

/** An object whose shape somebody else knows. */
export const open = (description: string): Field<Record<string, object>> =>
  field({
    type: "object",
    default: {},
    additionalProperties: { type: "object", additionalProperties: true },
    description,
  });
