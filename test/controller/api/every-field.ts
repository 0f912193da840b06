/** The fields of the RestApi's schema, at every depth, and a document that has them all. */
import type { Schema } from "../../../controller/describe/schema.ts";
import { describeReading } from "../../../controller/describe/trace.ts";
import { resourceKinds } from "../../../controller/model/index.ts";
import { makeCertificate } from "../../../controller/tls/certificate.ts";

/** A field as the schema has it; `[]` stands for each entry of a list, `*` for each key of an object. */
export interface Field {
  path: string;
  /** What it takes: of a choice, each. */
  schemas: readonly Schema[];
}

export const fields: readonly Field[] = walk(describeReading(resourceKinds[0].read), "");

function walk(schema: Schema, path: string): Field[] {
  const schemas = (schema["anyOf"] as Schema[] | undefined) ?? [schema];
  const below = schemas.flatMap(({ properties = {}, items, additionalProperties }) => [
    ...Object.entries(properties as Record<string, Schema>).flatMap(([name, one]) =>
      walk(one, path ? `${path}.${name}` : name),
    ),
    ...(items ? walk(items as Schema, `${path}[]`) : []),
    ...(additionalProperties ? walk(additionalProperties as Schema, `${path}.*`) : []),
  ]);
  return path ? [{ path, schemas }, ...below] : below;
}

/** A field of an answer as the schema has it: `spec.operations[3].path` is `spec.operations[].path`. */
export const generally = (field: string): string =>
  field.replace(/\[\d+\]/g, "[]").replace(/^(metadata\.(?:labels|annotations))\..*/s, "$1.*");

const identity = makeCertificate({ commonName: "a", names: ["a"] });

const policies = [
  { name: "tiny", version: "v1", executionCondition: "true", params: { level: 3 } },
];
const resilience = { timeout: "5s", idleTimeout: "1m" };
const matches = [{ name: "a", value: "b", type: "Exact" }];
const definition = (name: string, settings: object) => ({
  ...{ name, basePath: "/base", timeout: { connect: "1s" }, settings },
  upstreams: [{ url: "https://upstream.example:8443", weight: 1 }],
});

type Upstreams = Record<"main" | "sandbox", object>;

/** Of `url` and `ref` an upstream has one, so it takes two documents to have every field, each with a value that is taken. */
export const fullDocuments = (name: string): object[] => {
  const byUrl = { url: "http://upstream.example", hostRewrite: "auto" };
  const byRef = { ref: "hashed", hostRewrite: "manual" };
  return [
    fullDocument(name, { main: byUrl, sandbox: byRef }),
    fullDocument(name, { main: byRef, sandbox: byUrl }),
  ];
};

const fullDocument = (name: string, upstream: Upstreams): object => ({
  apiVersion: "gateway.api-platform.wso2.com/v1",
  kind: "RestApi",
  metadata: { name, labels: { team: "a" }, annotations: { note: "b" } },
  status: { id: name },
  spec: {
    ...{ displayName: name, version: "v1.0", context: `/${name}`, deploymentState: "deployed" },
    ...{ policies, resilience, withoutGatewayPolicies: ["tiny"], subscriptionPlans: ["gold"] },
    upstream,
    vhosts: { main: "a.example", sandbox: "b.example" },
    upstreamDefinitions: [
      definition("hashed", {
        loadBalancing: { method: "maglev", hashOn: { cookie: "c", ttl: "1h" } },
        healthCheck: {
          ...{ path: "/health", interval: "5s", timeout: "1s" },
          ...{ healthyThreshold: 1, unhealthyThreshold: 2 },
        },
        outlierDetection: {
          ...{ consecutiveErrors: 3, interval: "5s", ejectionTime: "30s" },
          maxEjectionPercent: 50,
        },
        circuitBreakers: {
          ...{ maxConnections: 10, maxPendingRequests: 10, maxRequests: 10, maxRetries: 1 },
        },
        protocol: "http2",
        tls: {
          ...{ serverName: "upstream.example", certificateAuthority: identity.certificate },
          ...{ clientCertificate: identity.certificate, clientKey: identity.key },
          insecureSkipVerify: false,
        },
      }),
      definition("other", { loadBalancing: { method: "ring-hash", hashOn: { header: "h" } } }),
    ],
    traffic: {
      retries: { attempts: 1, on: ["5xx"], perTryTimeout: "1s" },
      split: [{ upstream: "hashed", weight: 1 }],
      mirror: { upstream: "other", percent: 1 },
      webSocket: true,
    },
    operations: [
      {
        ...{ method: "GET", path: "/{id}", policies, resilience },
        withoutGatewayPolicies: ["tiny"],
      },
      {
        match: {
          ...{ method: "GET", path: { value: "/x", type: "Exact" } },
          ...{ headers: matches, queryParams: matches },
        },
      },
    ],
  },
});

type Holder = Record<string | number, unknown>;

/** The places of a document that a field of the schema stands for, each with the way to it. */
export function placesOf(document: object, { path }: Field): (string | number)[][] {
  const steps = path.match(/\[\]|[^.[\]]+/g) ?? [];
  return steps.reduce<(string | number)[][]>(
    (ways, step) =>
      ways.flatMap((way) => {
        const value = at(document, way);
        if (typeof value !== "object" || value === null) return [];
        if (step === "[]" && Array.isArray(value)) return value.map((_, i) => [...way, i]);
        if (step === "*") return Object.keys(value).map((key) => [...way, key]);
        return step in value ? [[...way, step]] : [];
      }),
    [[]],
  );
}

const at = (document: object, way: readonly (string | number)[]): unknown =>
  way.reduce<unknown>((value, step) => (value as Holder)[step], document);

/** A copy with another value in one place. */
export function withValue(document: object, way: readonly (string | number)[], value: unknown) {
  const copy = structuredClone(document);
  (at(copy, way.slice(0, -1)) as Holder)[way.at(-1)!] = value;
  return copy;
}

/** How answers name the place. */
export const nameOf = (way: readonly (string | number)[]): string =>
  way.map((step, i) => (typeof step === "number" ? `[${step}]` : i ? `.${step}` : step)).join("");
