/** The kind RestApi: a document read into what the gateway works with, and every rule it must keep. */
import { readMetadata } from "./metadata.ts";
import { httpToken, notInPaths, quote, type Reader } from "./reader.ts";
import {
  readPolicies,
  readResilience,
  readUpstream,
  readUpstreamDefinitions,
  readWithout,
  type PolicyReference,
  type Resilience,
  type Upstream,
  type UpstreamDefinition,
  type WithoutPolicy,
} from "./shared.ts";
import { readTraffic, type Traffic } from "./traffic.ts";

export const methods = ["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"] as const;
export type Method = (typeof methods)[number];

export interface ValueMatch {
  name: string;
  value: string;
  type: "Exact" | "RegularExpression";
}

export interface Operation {
  method: Method;
  path: string;
  /** `simple` paths take templates and an optional trailing slash, the others are `match`'s and byte-exact. */
  form: "simple" | "Exact" | "PathPrefix";
  headers: ValueMatch[];
  queryParams: ValueMatch[];
  policies: PolicyReference[];
  withoutGatewayPolicies: WithoutPolicy[];
  resilience: Resilience;
  field: string;
}

export interface RestApi {
  /** Of the document that it was made of. */
  kind: string;
  name: string;
  displayName: string;
  version: string;
  /** As written, with `$version`. */
  sourceContext: string;
  /** As served. */
  context: string;
  upstream: { main: Upstream; sandbox: Upstream | null };
  upstreamDefinitions: UpstreamDefinition[];
  /** Null: the gateway's own default hosts. */
  vhosts: { main: string[] | null; sandbox: string | null };
  subscriptionPlans: string[];
  policies: PolicyReference[];
  withoutGatewayPolicies: WithoutPolicy[];
  resilience: Resilience;
  traffic: Traffic;
  operations: Operation[];
  deployed: boolean;
}

export const restApiExample = {
  ...{
    apiVersion: "gateway.api-platform.wso2.com/v1",
    kind: "RestApi",
    metadata: { name: "pets" },
  },
  spec: {
    ...{ displayName: "Pets", version: "v1.0", context: "/pets/$version" },
    upstream: { main: { url: "http://pets.example:8080/api" } },
    operations: [
      { method: "GET", path: "/{id}" },
      { method: "POST", path: "/*", resilience: { timeout: "5s" } },
    ],
  },
};

export function readRestApi(document: Reader): RestApi {
  const name = readMetadata(document.at("metadata"));
  document.at("apiVersion").text();
  document.at("status");
  const spec = document.at("spec").required();
  spec.isObject();
  const version =
    spec
      .at("version")
      .required()
      .text({
        pattern: /^v?\d+(\.\d+)?(\.\d+)?$/,
        says: "must be a version such as v1.0",
      }) ?? "";
  const contextReader = spec.at("context").required();
  const sourceContext = readContext(contextReader);
  const context = sourceContext.replaceAll("$version", version);
  const upstreamDefinitions = readUpstreamDefinitions(spec.at("upstreamDefinitions"));
  const upstream = spec.at("upstream").required();
  const api: RestApi = {
    kind: "RestApi",
    name,
    displayName:
      spec
        .at("displayName")
        .required()
        .text({
          max: 100,
          pattern: /^[a-zA-Z0-9\-_. ]+$/,
          says: "must be letters, digits, spaces, - _ and .",
        }) ?? "",
    version,
    sourceContext,
    context,
    upstreamDefinitions,
    upstream: {
      main: readUpstream(upstream.at("main"), upstreamDefinitions),
      sandbox: upstream.has("sandbox")
        ? readUpstream(upstream.at("sandbox"), upstreamDefinitions)
        : null,
    },
    vhosts: readVhosts(spec.at("vhosts")),
    subscriptionPlans: spec
      .at("subscriptionPlans")
      .items()
      .map((plan) => plan.text({ max: 255 }) ?? ""),
    policies: readPolicies(spec.at("policies")),
    withoutGatewayPolicies: readWithout(spec.at("withoutGatewayPolicies")),
    resilience: readResilience(spec.at("resilience")),
    traffic: readTraffic(spec.at("traffic"), upstreamDefinitions),
    operations: spec
      .at("operations")
      .required()
      .items({ min: 1, max: maxOperations })
      .map(readOperation),
    deployed:
      (spec.at("deploymentState").oneOf(["deployed", "undeployed"]) ?? "deployed") === "deployed",
  };
  for (const operation of api.operations)
    if (isReserved(context + operation.path))
      document.findings.errors.push({
        field: `${operation.field}.path`,
        message: "must not fall under /_gateway-health, which the gateway answers itself",
      });
  checkDuplicates(api, document);
  checkRoutes(api, document);
  upstream.done();
  spec.done();
  document.done();
  return api;
}

function readContext(reader: Reader): string {
  const context = reader.text({ max: 200 }) ?? "/";
  if (!context.startsWith("/")) reader.fail(`must start with /, found "${context}"`);
  else if (context !== "/" && context.endsWith("/"))
    reader.fail(`must not end with /, found "${context}"`);
  else if (notInPaths.test(context) || /[{}*]|\/\/|\/\.{1,2}(\/|$)/.test(context))
    reader.fail(
      `must be a plain path without templates, queries or dot segments, found "${context}"`,
    );
  return context === "/" ? "" : context;
}

function readVhosts(reader: Reader): RestApi["vhosts"] {
  if (reader.absent) return { main: null, sandbox: null };
  reader.isObject();
  const main = reader.at("main").required();
  // Envoy looks for hosts in lower case, and refuses a configuration that has one in two spellings.
  const hosts = (main.text({ max: 2_000 }) ?? "")
    .split(";")
    .map((host) => host.trim().toLowerCase());
  for (const host of hosts)
    if (host && !isHost(host)) main.fail(`must be hosts separated by ";", found "${host}"`);
  const sandbox = reader.at("sandbox");
  const sandboxHost = sandbox.text({ max: 253 })?.toLowerCase() ?? null;
  if (sandboxHost !== null && !isHost(sandboxHost))
    sandbox.fail(`must be one host, found "${sandboxHost}"`);
  if (sandboxHost !== null && hosts.includes(sandboxHost))
    sandbox.fail(`must differ from spec.vhosts.main, found "${sandboxHost}"`);
  reader.done();
  return { main: [...new Set(hosts.filter(Boolean))], sandbox: sandboxHost };
}

const isHost = (host: string): boolean =>
  host === "*" || /^(\*\.|\*-)?[a-z0-9]([a-z0-9.-]*[a-z0-9])?(-\*|\.\*)?$/i.test(host);

function readOperation(item: Reader): Operation {
  item.isObject();
  const match = item.at("match");
  const form = match.absent ? readSimple(item) : readMatch(match);
  if (!match.absent) [item.at("method"), item.at("path")];
  const operation = {
    ...form,
    policies: readPolicies(item.at("policies")),
    withoutGatewayPolicies: readWithout(item.at("withoutGatewayPolicies")),
    resilience: readResilience(item.at("resilience")),
    field: item.path,
  };
  item.done();
  return operation;
}

type Form = Pick<Operation, "method" | "path" | "form" | "headers" | "queryParams">;

const readSimple = (item: Reader): Form => ({
  method: item.at("method").required().oneOf(methods) ?? "GET",
  path: readPath(item.at("path").required(), true),
  form: "simple",
  headers: [],
  queryParams: [],
});

function readMatch(match: Reader): Form {
  match.isObject();
  const path = match.at("path").required();
  const type = path.at("type").oneOf(["Exact", "PathPrefix"] as const) ?? "Exact";
  const form: Form = {
    method: match.at("method").required().oneOf(methods) ?? "GET",
    path: readPath(path.at("value").required(), false),
    form: type,
    headers: readValueMatches(match.at("headers")),
    queryParams: readValueMatches(match.at("queryParams")),
  };
  path.done();
  match.done();
  return form;
}

function readPath(reader: Reader, templates: boolean): string {
  const path = reader.text({ max: 2_000, pattern: /^\//, says: "must start with /" }) ?? "/";
  if (notInPaths.test(path))
    reader.fail(`must not have whitespace, control characters, ? or #, found ${quote(path)}`);
  if (templates && !path.endsWith("/*") && !/^([^{}]|\{[^{}/]+\})*$/.test(path))
    reader.fail(`must have each parameter as {name} within one segment, found "${path}"`);
  return path;
}

const readValueMatches = (list: Reader): ValueMatch[] =>
  list.items({ max: 16 }).map((item) => {
    const type = item.at("type").oneOf(["Exact", "RegularExpression"] as const) ?? "Exact";
    const value = item.at("value").required();
    const match = {
      name: item.at("name").required().text(httpToken) ?? "",
      value: value.text({ min: 0 }) ?? "",
      type,
    };
    if (type === "RegularExpression" && !isRegex(match.value))
      value.fail(`must be a regular expression, found "${match.value}"`);
    item.done();
    return match;
  });

/** RE2 has no look-around and no back-references, which JavaScript would accept. */
function isRegex(text: string): boolean {
  if (/\(\?(<?[=!])|\\[1-9]|\\k</.test(text)) return false;
  try {
    new RegExp(text, "u");
    return true;
  } catch {
    return false;
  }
}

/** After the clean-up of dot segments that Envoy does to requests. */
const isReserved = (path: string): boolean =>
  /^\/_gateway-health(\/|$)/.test(new URL(path.replace(/\/+/g, "/"), "http://gateway").pathname);

/** Each operation is a route for each of its hosts and for each definition that a policy could choose. */
const maxRoutes = 50_000;
const maxOperations = 5_000;

function checkRoutes({ operations, upstreamDefinitions, vhosts }: RestApi, document: Reader): void {
  const hosts = (vhosts.main?.length ?? 1) + 1;
  const routes = operations.length * (upstreamDefinitions.length + 1) * hosts;
  if (routes > maxRoutes)
    document.findings.errors.push({
      field: "spec.operations",
      message: `must come to at most ${maxRoutes} routes with hosts and upstream definitions, found ${routes}`,
    });
}

function checkDuplicates(api: RestApi, document: Reader): void {
  const seen = new Map<string, string>();
  for (const operation of api.operations) {
    const { method, path, form, headers, queryParams } = operation;
    const key = JSON.stringify([method, path, form, headers, queryParams]);
    const first = seen.get(key);
    if (first)
      document.findings.errors.push({
        field: operation.field,
        message: `has the same method and match as ${first}: ${method} ${path}`,
      });
    else seen.set(key, operation.field);
  }
}
