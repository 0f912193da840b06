/** The resource kinds, one row each: where they live in the management API, and how a document becomes a model. */
import { UserError } from "../errors.ts";
import { quote, Reader, type Findings } from "./reader.ts";
import { readRestApi, restApiExample, type RestApi } from "./rest-api.ts";
import { render, type SecretUse, type TemplateSources } from "./templates.ts";

export interface ResourceKind {
  kind: string;
  /** Below the management API's base. */
  path: string;
  /** What lists call them. */
  listKey: string;
  /** What messages call one. */
  label: string;
  read: (document: Reader) => RestApi;
  /** A document that is taken. */
  example: object;
}

export const resourceKinds: readonly [ResourceKind, ...ResourceKind[]] = [
  {
    ...{ kind: "RestApi", path: "rest-apis", listKey: "apis", label: "RestAPI" },
    read: readRestApi,
    example: restApiExample,
  },
];

export interface ReadDocument {
  api: RestApi;
  /** The document as it was sent. */
  source: Record<string, unknown>;
  warnings: string[];
  /** The secrets that it refers to. */
  secrets: SecretUse[];
}

/** The environment of this process, and no secrets. */
const ownSources: TemplateSources = { env: process.env, secret: () => null };

/** Throws a UserError that names every field that is wrong. */
export function readDocument(
  kind: ResourceKind,
  source: unknown,
  sources: TemplateSources = ownSources,
): ReadDocument {
  const findings: Findings = { errors: [], unknown: [] };
  const secrets: SecretUse[] = [];
  const rendering = { findings, uses: secrets, written: 0 };
  const document = new Reader(rendered(source, sources, rendering), "", findings);
  if (typeof source !== "object" || source === null || Array.isArray(source))
    throw new UserError(`expected a ${kind.kind} document, found ${quote(source)}`);
  const found = document.at("kind").text();
  if (found !== kind.kind)
    throw new UserError("Configuration validation failed", [
      { field: "kind", message: `must be ${kind.kind}, found ${JSON.stringify(found)}` },
    ]);
  const api = kind.read(document);
  const { errors, unknown } = findings;
  if (errors.length > 0) throw new UserError("Configuration validation failed", errors);
  return {
    ...{ api, secrets },
    source: source as Record<string, unknown>,
    warnings: unknown.map((field) => `${field} is not known and has no effect`),
  };
}

/** Only `spec` has templates. A document that is none is left for the reader to refuse. */
function rendered(
  source: unknown,
  sources: TemplateSources,
  found: Parameters<typeof render>[3],
): unknown {
  if (typeof source !== "object" || source === null || !("spec" in source)) return source;
  return { ...source, spec: render(source.spec, "spec", sources, found) };
}
