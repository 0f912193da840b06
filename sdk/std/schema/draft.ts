/** The two drafts, and which keywords hold schemas. */
export enum Draft {
  Seven,
  /** 2020-12. */
  Twenty,
}

/** What `$schema` says; -1 for another one than these two. */
export function draftOf(uri: string): i32 {
  const plain = uri.endsWith("#") ? uri.substring(0, uri.length - 1) : uri;
  if (plain == "http://json-schema.org/draft-07/schema") return Draft.Seven;
  return plain == "https://json-schema.org/draft/2020-12/schema" ? Draft.Twenty : -1;
}

function among(name: string, names: string): bool {
  return names.includes(" " + name + " ");
}

/** One schema. */
export function schemaKeywords(name: string): bool {
  return among(
    name,
    " additionalProperties additionalItems contains propertyNames not if then else items unevaluatedItems " +
      "unevaluatedProperties contentSchema ",
  );
}

/** A list of schemas. */
export function listKeywords(name: string): bool {
  return among(name, " allOf anyOf oneOf prefixItems items ");
}

/** Schemas by name. */
export function mapKeywords(name: string): bool {
  return among(
    name,
    " properties patternProperties $defs definitions dependentSchemas dependencies ",
  );
}
