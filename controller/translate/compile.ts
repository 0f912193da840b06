/** One RestApi as routes and clusters: pure, and nothing of any other API in it. */
import { UserError } from "../errors.ts";
import { route } from "../xds/resources/route.ts";
import { seconds } from "../xds/resources/cluster.ts";
import type { JsonObject } from "../xds/protos.ts";
import type { Operation, RestApi, ValueMatch } from "../model/rest-api.ts";
import type { UpstreamTls } from "../model/upstream-tls.ts";
import type { SecretUse } from "../model/templates.ts";
import { hasMarks } from "../model/references.ts";
import type { PolicyReference } from "../model/shared.ts";
import { strongestUse, type BodyUse } from "./body-use.ts";
import { ownPoliciesOf, type OwnPolicy } from "./own-policies.ts";
import { chainPolicy, routeName, type Chain } from "./chain.ts";
import { escape, pathMatch, type Ranked } from "./path.ts";
import { chained, perRoute } from "./native.ts";
import { isPinned, noting, notPinned, pinOf } from "./pinned.ts";
import { deepestScope } from "./scope.ts";
import { retryPolicy, splitOrCluster, mirrors, hashPolicies } from "./traffic.ts";
import { choiceHeader, sentMatch } from "./sent.ts";
import { serviceCluster } from "./services.ts";
import {
  type RefTargets,
  definitionTarget,
  upstreamTarget,
  type Target,
  type TargetResource,
} from "./targets.ts";

/** What the gateway adds to every API. */
export interface GatewayDefaults {
  hosts: { main: string[]; sandbox: string[] };
  timeoutMs: number;
  idleTimeoutMs: number;
  connectTimeoutMs: number;
  refTargets?: RefTargets;
  /** Most bytes of a body that a policy may hold. */
  bodyLimitBytes: number;
  /** The listener's module filters, which routes without policies disable. */
  filters: string[];
  /** First in every chain. */
  policies: OwnPolicy[];
  /** Whether events are made of requests. */
  recorded?: boolean;
  bodyUse(policy: PolicyReference): BodyUse;
  /** The URLs of the services that it calls. */
  services(policy: PolicyReference): string[];
  /** How the certificate of a service's cluster is trusted, if not as all are. */
  serviceTrust?(cluster: string): UpstreamTls | null;
}

export interface CompiledApi {
  name: string;
  routes: CompiledRoute[];
  /** Clusters and their endpoints; equal names are equal resources. */
  resources: TargetResource[];
  /** The secrets that its chains refer to. */
  secrets?: readonly SecretUse[];
}

export interface Compilation {
  compiled: CompiledApi;
  /** The different chains in it, to be tried before they are served. */
  chains: PlacedChain[];
}

export interface PlacedChain {
  chain: Chain;
  /** Where each of its policies stands. */
  fields: string[];
}

export interface CompiledRoute extends Ranked {
  hosts: string[];
  /** The segments that every path of this route begins with; none when the first is a wildcard or a parameter. */
  literal: string[];
  method: string;
  /** The literal path that all requests of this route start with. */
  prefix: string;
  /** `api/operation@hash`. */
  name: string;
  /** What it matches, as text that is equal for routes that match the same requests. */
  matches: string;
  /** Envoy's route as JSON text, which takes a fifth of the memory of objects. */
  body: string;
}

/** Each route has its whole chain, so that a large parameter and many operations multiply. */
const maxApiCharacters = 64 * 1_048_576;
const tooLarge = {
  field: "spec.operations",
  message: `must come to at most ${maxApiCharacters} characters of routes, each with the params of its policies`,
};

export function compileApi(api: RestApi, defaults: GatewayDefaults): Compilation {
  const compiled: CompiledApi = { name: api.name, routes: [], resources: [] };
  const chains = new Map<string, PlacedChain>();
  if (!api.deployed) return { compiled, chains: [] };
  const definitions = new Map(
    api.upstreamDefinitions.map((definition) => [
      definition.name,
      definitionTarget(api.name, definition, defaults),
    ]),
  );
  const resources = new Map<string, TargetResource>();
  const use = (target: Target) => {
    for (const resource of target.resources)
      resources.set(`${resource.kind} ${resource.name}`, resource);
  };
  definitions.forEach(use);
  let size = 0;
  const add = (route: CompiledRoute): void => {
    size += route.body.length * route.hosts.length;
    if (size > maxApiCharacters) throw new UserError("Configuration validation failed", [tooLarge]);
    compiled.routes.push(route);
  };
  for (const policy of [
    ...ownPoliciesOf(defaults.policies, api),
    ...api.policies,
    ...api.operations.flatMap((operation) => operation.policies),
  ])
    for (const url of defaults.services(policy)) {
      const service = serviceCluster(url, defaults, defaults.serviceTrust);
      if (service) resources.set(`cluster ${service.name}`, service);
    }
  const sides = [
    { upstream: api.upstream.main, hosts: api.vhosts.main ?? defaults.hosts.main },
    {
      upstream: api.upstream.sandbox,
      hosts: api.vhosts.sandbox === null ? defaults.hosts.sandbox : [api.vhosts.sandbox],
    },
  ];
  for (const { upstream, hosts } of sides) {
    if (!upstream) continue;
    const target = upstreamTarget(api, upstream, defaults);
    use(target);
    const isMain = upstream === api.upstream.main;
    const common = {
      api,
      definitions,
      hosts,
      defaults,
      keepHost: upstream.hostRewrite === "manual",
    };
    for (const [index, operation] of api.operations.entries()) {
      const pin = pinOf(api, index);
      const parts = { ...common, operation, target, isMain, choice: null, pin };
      const { chain, ...plain } = compileRoute({ ...parts, again: false });
      add(plain);
      const again = (more: Partial<RouteParts>): void => {
        const { chain: _, ...late } = compileRoute({ ...parts, ...more, again: true });
        add(late);
      };
      if (pin !== null) again({});
      if (!chain) continue;
      const fields = chainedOf(api, operation, defaults).map(({ policy }) => policy.field);
      chains.set(JSON.stringify(chain), { chain, fields });
      for (const [choice, target] of definitions) again({ choice, target, isMain: false });
    }
  }
  compiled.resources = [...resources.values()];
  return { compiled, chains: [...chains.values()] };
}

interface RouteParts {
  api: RestApi;
  operation: Operation;
  target: Target;
  definitions: Map<string, Target>;
  hosts: string[];
  defaults: GatewayDefaults;
  keepHost: boolean;
  isMain: boolean;
  /** The definition that a policy has to choose for this route to be taken. */
  choice: string | null;
  /** Under which name the operation is noted, if it has to be. */
  pin: string | null;
  /** Whether this is the route for a request whose policies have run. */
  again: boolean;
}

const chosenBy = (choice: string): ValueMatch => ({
  name: choiceHeader,
  value: choice,
  type: "Exact",
});

function compileRoute(parts: RouteParts): CompiledRoute & { chain: Chain | null } {
  const { api, hosts, defaults, choice, pin } = parts;
  const { operation } = parts;
  const path = pathMatch(api.context, operation);
  const literal = literalSegments(api.context + operation.path);
  const chain = chainOf(api, operation, defaults);
  const text = chain && JSON.stringify(chain);
  const own = ownPoliciesOf(defaults.policies, api, operation);
  const policies = [...own, ...api.policies, ...operation.policies];
  const bodyUse = strongestUse(chained(policies).map(defaults.bodyUse));
  const name = routeName(api.name, operationName(operation), text);
  const match = matchOf(parts, path.match);
  const body: JsonObject = {
    ...route({
      name,
      match,
      action: { route: action(parts, api.traffic.webSocket ?? bodyUse !== "held") },
      filters: defaults.filters,
      perRoute: { ...(pin !== null && noting(pin)), ...perRoute(policies) },
      ...(text !== null && { chain: text }),
    }),
    ...(text === null && { metadata: nothingToRun }),
    // A chain whose secrets are on their way holds the body too.
    ...((bodyUse !== "none" || hasMarks(text ?? "")) && {
      request_body_buffer_limit: String(defaults.bodyLimitBytes),
    }),
  };
  return {
    hosts,
    path,
    chain,
    headers: [...operation.headers, ...(choice === null ? [] : [chosenBy(choice)])],
    literal,
    method: operation.method,
    prefix: api.context || (literal.length === 0 ? "" : `/${literal[0]}`),
    name,
    matches: JSON.stringify(match),
    body: JSON.stringify(body),
  };
}

function matchOf({ operation, choice, pin, again }: RouteParts, path: JsonObject): JsonObject {
  const chosen = choice === null ? [] : [valueMatch(chosenBy(choice))];
  const sent = sentMatch(operation.method, path);
  if (again && pin !== null) return { prefix: "/", headers: [sent, isPinned(pin), ...chosen] };
  const { headers, queryParams } = operation;
  return {
    prefix: "/",
    headers: [sent, ...headers.map(valueMatch), ...(pin === null ? [] : [notPinned]), ...chosen],
    ...(queryParams.length > 0 && { query_parameters: queryParams.map(valueMatch) }),
  };
}

/** Null when nothing is to run. */
function chainOf(api: RestApi, operation: Operation, defaults: GatewayDefaults): Chain | null {
  const policies = chainedOf(api, operation, defaults).map(({ policy, attachedTo }) =>
    chainPolicy(policy, attachedTo),
  );
  const { name, version, context, kind } = api;
  return policies.length > 0
    ? {
        api: { name, version, context: context || "/", kind },
        ...(defaults.recorded && { recorded: true as const }),
        policies,
      }
    : null;
}

/** What an operation's chain is made of: the gateway's own, its API's and its own, in this order. */
function chainedOf(api: RestApi, operation: Operation, defaults: GatewayDefaults) {
  const ofApi = [...ownPoliciesOf(defaults.policies, api, operation), ...api.policies];
  return [
    ...chained(ofApi).map((policy) => ({ policy, attachedTo: "api" as const })),
    ...chained(operation.policies).map((policy) => ({ policy, attachedTo: "route" as const })),
  ];
}

function action(parts: RouteParts, webSocket: boolean): JsonObject {
  const { api, operation, target, defaults, keepHost } = parts;
  const timeoutMs =
    operation.resilience.timeoutMs ?? api.resilience.timeoutMs ?? defaults.timeoutMs;
  const idleMs =
    operation.resilience.idleTimeoutMs ?? api.resilience.idleTimeoutMs ?? defaults.idleTimeoutMs;
  return {
    ...splitOrCluster(parts),
    ...rewrite(api.context, target.basePath),
    ...(!keepHost &&
      (target.host ? { host_rewrite_literal: target.host } : { auto_host_rewrite: true })),
    timeout: seconds(timeoutMs),
    idle_timeout: seconds(idleMs),
    ...retryPolicy(api.traffic.retries),
    ...mirrors(parts),
    ...hashPolicies(target.settings?.loadBalancing?.hashOn ?? null),
    // The listener allows them, so that only a route that refuses them says so.
    ...(!webSocket && { upgrade_configs: [{ upgrade_type: "websocket", enabled: false }] }),
  };
}

/** The context goes, the upstream's base path comes; what would be empty is `/`. */
function rewrite(context: string, basePath: string): JsonObject {
  if (context === basePath) return {};
  const [regex, substitution] =
    basePath === ""
      ? [`^${escape(context)}/?`, "/"]
      : [`^${escape(context)}`, basePath.replaceAll("\\", "\\\\")];
  return { regex_rewrite: { pattern: { regex }, substitution } };
}

const valueMatch = ({ name, value, type }: ValueMatch): JsonObject => ({
  name,
  string_match: type === "Exact" ? { exact: value } : { safe_regex: { regex: value } },
});

function literalSegments(path: string): string[] {
  const segments = path.split("/").slice(1);
  // A slash at the end may be left out of a request.
  if (segments.length > 1 && segments.at(-1) === "") segments.pop();
  const end = segments.findIndex((segment) => segment === "*" || /\{[^{}/]+\}/.test(segment));
  return (end === -1 ? segments : segments.slice(0, end)).slice(0, deepestScope);
}

/**
 * For a route without policies that is found late, in a longer scope or that of the root: its filters were made before it
 * was known, so it cannot disable them, and the engine refuses a route that has no chain at all.
 */
const nothingToRun: JsonObject = {
  filter_metadata: { sluice: { chain: JSON.stringify({ policies: [] }) } },
};

export const operationName = ({ method, path }: Operation): string => `${method} ${path}`;
