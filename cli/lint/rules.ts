/** What `ap lint` looks for: one row each, with an id that stays. */
import type { Document } from "../apply/documents.ts";
import type { RuleId } from "./advice.ts";

export type Severity = "error" | "warning";

interface Policy {
  name?: string;
  params?: Record<string, unknown>;
}

interface Operation {
  method?: string;
  path?: string;
  match?: {
    method?: string;
    path?: { value?: string; type?: string };
    headers?: unknown[];
    queryParams?: unknown[];
  };
  policies?: Policy[];
}

interface Spec {
  upstream?: Record<string, { url?: string; ref?: string }>;
  upstreamDefinitions?: { name?: string }[];
  policies?: Policy[];
  operations?: Operation[];
}

export interface Rule {
  id: RuleId;
  severity: Severity;
  /** What it finds, in a line. */
  summary: string;
  find(document: Document): { field: string; message: string }[];
}

const authentication = new Set(
  "api-key-auth basic-auth hmac-auth jwt-auth mtls-auth multi-auth opaque-token-auth".split(" "),
);

const specOf = ({ kind, spec }: Document): Spec | null =>
  kind === "RestApi" ? (spec as Spec) : null;

const policiesOf = (spec: Spec): { policy: Policy; field: string }[] => [
  ...(spec.policies ?? []).map((policy, i) => ({ policy, field: `spec.policies[${i}]` })),
  ...(spec.operations ?? []).flatMap(({ policies = [] }, i) =>
    policies.map((policy, j) => ({ policy, field: `spec.operations[${i}].policies[${j}]` })),
  ),
];

export const rules: readonly Rule[] = [
  {
    id: "AP001",
    severity: "warning",
    summary: "an upstream definition that nothing uses",
    find: (document) => {
      const spec = specOf(document);
      const text = JSON.stringify({ ...spec, upstreamDefinitions: undefined });
      return (spec?.upstreamDefinitions ?? []).flatMap(({ name }, i) =>
        name !== undefined && text.includes(JSON.stringify(name))
          ? []
          : [{ field: `spec.upstreamDefinitions[${i}]`, message: `'${name}' is used by nothing` }],
      );
    },
  },
  {
    id: "AP002",
    severity: "warning",
    summary: "an operation that asks nobody who they are",
    find: (document) => {
      const spec = specOf(document);
      const knows = (policies: Policy[] = []) =>
        policies.some(({ name }) => authentication.has(name ?? ""));
      if (!spec || knows(spec.policies)) return [];
      return (spec.operations ?? []).flatMap((operation, i) =>
        knows(operation.policies) || methodOf(operation) === "OPTIONS"
          ? []
          : [
              {
                field: `spec.operations[${i}]`,
                message: `${methodOf(operation)} ${pathOf(operation)} has no authentication policy`,
              },
            ],
      );
    },
  },
  {
    id: "AP003",
    severity: "error",
    summary:
      "CORS that is open to every site, or with a pattern that more sites fit than was meant",
    find: (document) =>
      policiesOf(specOf(document) ?? {}).flatMap(({ policy: { name, params = {} }, field }) => {
        if (name !== "cors") return [];
        const origins = (params["allowedOrigins"] ?? []) as string[];
        if (origins[0] === "*")
          return [{ field: `${field}.params.allowedOrigins`, message: "every site may call this" }];
        return origins.flatMap((origin, i) =>
          origin.startsWith("^") && origin.endsWith("$")
            ? []
            : [
                {
                  field: `${field}.params.allowedOrigins[${i}]`,
                  message: `'${origin}' fits any site that has it somewhere in its name; write ^…$`,
                },
              ],
        );
      }),
  },
  {
    id: "AP004",
    severity: "error",
    summary: "a credential in plain text",
    find: (document) =>
      policiesOf(specOf(document) ?? {}).flatMap(({ policy, field }) =>
        plainSecrets(policy.params ?? {}, `${field}.params`),
      ),
  },
  {
    id: "AP005",
    severity: "warning",
    summary: "an operation that another one always hides",
    find: (document) => {
      const seen = new Map<string, number>();
      return (specOf(document)?.operations ?? []).flatMap((operation, i) => {
        const key = matched(operation);
        const first = seen.get(key);
        if (first === undefined) seen.set(key, i);
        return first === undefined
          ? []
          : [
              {
                field: `spec.operations[${i}]`,
                message: `spec.operations[${first}] matches the same requests and comes first`,
              },
            ];
      });
    },
  },
  {
    id: "AP006",
    severity: "warning",
    summary: "an upstream without TLS that is not on this machine",
    find: (document) =>
      Object.entries(specOf(document)?.upstream ?? {}).flatMap(([side, { url }]) =>
        url !== undefined && /^http:\/\/(?!localhost|127\.|\[::1\])/.test(url)
          ? [{ field: `spec.upstream.${side}.url`, message: `${url} is not encrypted` }]
          : [],
      ),
  },
];

const methodOf = ({ method, match }: Operation): string => match?.method ?? method ?? "";
const pathOf = ({ path, match }: Operation): string => match?.path?.value ?? path ?? "";

/** The same text for operations that match the same requests; in a `match`, braces are only characters. */
function matched(operation: Operation): string {
  const { path, headers = [], queryParams = [] } = operation.match ?? {};
  const pathText = pathOf(operation);
  return JSON.stringify([
    methodOf(operation),
    path?.type === "PathPrefix",
    operation.match ? pathText : pathText.replace(/\{[^}]*\}/g, "\0"),
    ...[headers, queryParams],
  ]);
}

const secretName = /^(password|secret|token|apiKey|api_key|clientSecret|signingKey|privateKey)$/i;

function plainSecrets(value: unknown, field: string): { field: string; message: string }[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    const at = Array.isArray(value) ? `${field}[${key}]` : `${field}.${key}`;
    if (typeof inner !== "string") return plainSecrets(inner, at);
    if (!secretName.test(key) || /\{\{.*\b(secret|env)\b.*\}\}/.test(inner)) return [];
    return [{ field: at, message: 'write {{ secret "name" }} and keep the value in a Secret' }];
  });
}
