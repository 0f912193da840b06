/** The OpenAPI 3.1 document of an API: its paths, and what every operation can answer beside its own answers. */
import { methods, json, type Answer, type Operation, type Paths } from "./operation.ts";
import { component, problemSchema, refusalSchema, type Schema } from "./schema.ts";

export interface ApiFacts {
  title: string;
  description: string;
  /** Below which the paths stand. */
  base: string;
  security: Readonly<Record<string, Schema>>;
  components: Readonly<Record<string, Schema>>;
  /** Which roles may use an operation; none are told where the port has no roles. */
  rolesOf?(method: string, path: string): readonly string[];
}

export interface OpenApi {
  openapi: "3.1.0";
  paths: Record<string, Record<string, DescribedOperation>>;
  components: { schemas: Record<string, Schema>; securitySchemes: Record<string, Schema> };
  [more: string]: unknown;
}

export interface DescribedOperation {
  operationId: string;
  parameters?: { name: string; in: "path" | "query" | "header"; schema: Schema }[];
  requestBody?: { content: Record<string, { schema: Schema; example?: unknown }> };
  responses: Record<string, { content?: Record<string, { schema: Schema }> }>;
  [more: string]: unknown;
}

export const openApi = (facts: ApiFacts, paths: Paths): OpenApi => ({
  openapi: "3.1.0",
  info: { title: facts.title, version: "1", description: facts.description },
  servers: [{ url: facts.base }],
  security: Object.keys(facts.security).map((scheme) => ({ [scheme]: [] })),
  paths: Object.fromEntries(
    Object.entries(paths).map(([path, item]) => [
      path,
      Object.fromEntries(
        methods.flatMap((method) => {
          const operation = item[method];
          return operation ? [[method, described(facts, method, path, operation)]] : [];
        }),
      ),
    ]),
  ),
  components: {
    schemas: { Problem: problemSchema, Refusal: refusalSchema, ...facts.components },
    securitySchemes: facts.security,
  },
});

const refusal = (description: string): Answer => json(description, component("Refusal"));
const problem = (description: string): Answer => json(description, component("Problem"));

/** 500 stands here because a program may be wrong; no request is known that brings it. */
function commonAnswers(method: string, { body, query, isPublic }: Operation) {
  if (isPublic) return {};
  return {
    ...((body || query || method !== "get") && {
      400: problem("What was sent is wrong; `errors` names each field."),
    }),
    ...(body && { 415: problem("The body is not UTF-8 by its type, or is encoded.") }),
    401: refusal("Nobody who is known asks."),
    403: refusal("The caller has no role for it, or asks from an address that may not."),
    ...(method !== "get" && { 405: problem("The gateway is immutable: it only reads.") }),
    429: refusal("Too many wrong credentials came from this address."),
    500: problem("A fault of the gateway; its log has it."),
    503: {
      description: "The store or the identity provider cannot be reached.",
      content: {
        "application/json": { schema: { anyOf: [component("Problem"), component("Refusal")] } },
      },
    } satisfies Answer,
  };
}

function described(
  facts: ApiFacts,
  method: string,
  path: string,
  operation: Operation,
): DescribedOperation {
  const { summary, query = {}, headers = {}, body, answers, isPublic } = operation;
  const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!);
  const parameters = [
    ...names.map((name) => ({
      ...{ name, in: "path" as const, required: true },
      schema: { type: "string", minLength: 1 },
    })),
    ...Object.entries(query).map(([name, schema]) => ({ name, in: "query" as const, schema })),
    ...Object.entries(headers).map(([name, schema]) => ({ name, in: "header" as const, schema })),
  ];
  const roles = facts.rolesOf?.(method.toUpperCase(), path);
  return {
    operationId: operationId(method, path),
    summary,
    ...(parameters.length > 0 && { parameters }),
    ...(body && { requestBody: requestBody(body) }),
    responses: Object.fromEntries(
      Object.entries<Answer>({ ...commonAnswers(method, operation), ...answers }).map(
        ([status, answer]) => [status, response(answer)],
      ),
    ),
    ...(isPublic && { security: [] }),
    ...(roles && !isPublic && { "x-roles": roles }),
  };
}

function requestBody({ schema, example, optional, closed }: NonNullable<Operation["body"]>) {
  const binary = schema["contentMediaType"];
  const content = {
    schema: closed ? { ...schema, additionalProperties: false } : schema,
    ...(example !== null && { example }),
  };
  return {
    required: !optional,
    content:
      typeof binary === "string"
        ? { [binary]: content }
        : { "application/json": content, "application/yaml": content },
  };
}

const response = ({ description, content, headers }: Answer) => ({
  description,
  ...(content && {
    content: Object.fromEntries(
      Object.entries(content).map(([type, schema]) => [type, { schema }]),
    ),
  }),
  ...(headers && {
    headers: Object.fromEntries(headers.map((name) => [name, { schema: { type: "string" } }])),
  }),
});

/** `GET /rest-apis/{id}/api-keys` is `getRestApisIdApiKeys`. */
const operationId = (method: string, path: string): string =>
  method +
  path
    .split(/[^A-Za-z0-9]+/)
    .map((word) => word.slice(0, 1).toUpperCase() + word.slice(1))
    .join("");
