/** Texts in a policy's parameters that its schema marks with a word of ours. */
export interface MarkedSchema {
  properties?: Record<string, MarkedSchema>;
  additionalProperties?: boolean | MarkedSchema;
  items?: MarkedSchema;
  $ref?: string;
  $defs?: Record<string, MarkedSchema>;
  allOf?: MarkedSchema[];
  anyOf?: MarkedSchema[];
  oneOf?: MarkedSchema[];
  /** A URL of a service that the policy calls. */
  "x-sluice-service"?: boolean;
  /** The name of an upstream definition. */
  "x-sluice-upstream"?: boolean;
  /** Nobody may read it. */
  "x-secret"?: boolean;
}

export type Mark = "x-sluice-service" | "x-sluice-upstream" | "x-secret";

/** A copy of `value` with each marked text, unless it is empty, as `change` makes it. */
export function changeMarked(
  mark: Mark,
  value: unknown,
  schema: MarkedSchema,
  change: (text: string) => string,
  root: MarkedSchema = schema,
): unknown {
  const inner = (one: unknown, its: MarkedSchema) => changeMarked(mark, one, its, change, root);
  if (schema.$ref) {
    const target = root.$defs?.[schema.$ref.slice(schema.$ref.lastIndexOf("/") + 1)];
    return target ? inner(value, target) : value;
  }
  const { allOf = [], anyOf = [], oneOf = [] } = schema;
  const branched = [...allOf, ...anyOf, ...oneOf].reduce(inner, value);
  if (typeof branched === "string") return schema[mark] && branched ? change(branched) : branched;
  if (Array.isArray(branched))
    return schema.items ? branched.map((item) => inner(item, schema.items!)) : branched;
  if (typeof branched !== "object" || branched === null) return branched;
  const others = schema.additionalProperties;
  return Object.fromEntries(
    Object.entries(branched).map(([key, one]) => {
      const known = schema.properties?.[key] ?? (typeof others === "object" ? others : null);
      return [key, known ? inner(one, known) : one];
    }),
  );
}

export function markedIn(mark: Mark, value: unknown, schema: MarkedSchema): string[] {
  const found: string[] = [];
  changeMarked(mark, value, schema, (text) => (found.push(text), text));
  return found;
}
