/**
 * One route configuration per scope, which is the beginning of a path, so that one API's change pushes one API. Envoy finds
 * a scope by a path's first segment; the others, longer ones and that of APIs at the root behind a wildcard or a
 * parameter, are reached when the first segment's scope has no route for a request.
 */
import { any, type JsonObject } from "../xds/protos.ts";
import { compareRoutes } from "./path.ts";
import { pinHeader } from "./pinned.ts";
import { choiceHeader, hostHeader, sentHeaders, sentInput } from "./sent.ts";
import type { CompiledRoute } from "./compile.ts";

/** The header that carries the path to the scope; a client's own value is overwritten. */
export const scopeHeader = "x-sluice-scope";
/** No path has a space, so no request chooses one of the longer scopes or the root scope itself. */
const rootKey = " root";
/** The longest beginning of a path, in segments, that is a scope of its own. */
export const deepestScope = 4;

const setScope = `handle:headers():replace("${scopeHeader}", "/" .. key)
  handle:clearRouteCache()
  handle:metadata()
end
`;

/** Looks in the scope of the path's first `depth` segments. CONNECT has no path. */
const lookDeeper = (depth: number): string => `function envoy_on_request(handle)
  if handle:streamInfo():routeName() ~= "" then return end
  local path = handle:headers():get(":path")
  if path == nil then return end
  local key, depth = "", 0
  for segment in string.gmatch(string.match(path, "^[^?]*"), "[^/]+") do
    key = depth == 0 and segment or (key .. " " .. segment)
    depth = depth + 1
    if depth == ${depth} then break end
  end
  if depth < ${depth} then return end
  ${setScope}`;

const lookAtRoot = `function envoy_on_request(handle)
  if handle:streamInfo():routeName() ~= "" then return end
  local key = "${rootKey}"
  ${setScope}`;

/**
 * The filters that look in the longer scopes and then in that of the root, for a request that has no route yet, and for no
 * other: every route configuration disables them. Asking for the metadata makes Envoy find the route at once; else the
 * filters behind would still see none, and the request would reach its upstream without its policies. Lua asks only once
 * in a filter, so each look is a filter of its own.
 */
export const scopeFilters: { name: string; code: string }[] = [
  ...Array.from({ length: deepestScope - 1 }, (_, i) => ({
    name: `scope-${i + 2}`,
    code: lookDeeper(i + 2),
  })),
  { name: "scope-root", code: lookAtRoot },
];

export const rootScope = "root";

/** The scope of the first `depth` segments of a path. */
export const scopeOf = (literal: readonly string[], depth: number): string =>
  `segment/${literal.slice(0, depth).join("/")}`;

const keyOf = (name: string): string =>
  name === rootScope ? rootKey : name.slice("segment/".length).replaceAll("/", " ");

export const scope = (name: string): JsonObject => ({
  name,
  route_configuration_name: name,
  key: { fragments: [{ string_key: keyOf(name) }] },
});

export interface ScopeOptions {
  name: string;
  /** In the order of the documents, which decides between equals. */
  routes: CompiledRoute[];
  /** Hosts that get a virtual host even without a route, so that no wildcard serves them. */
  reservedHosts: string[];
}

export function routeConfiguration({ name, routes, reservedHosts }: ScopeOptions): JsonObject {
  const hosts = new Map<string, CompiledRoute[]>(reservedHosts.map((host) => [host, []]));
  for (const route of routes)
    for (const host of route.hosts) {
      const list = hosts.get(host);
      if (list) list.push(route);
      else hosts.set(host, [route]);
    }
  return {
    name,
    ignore_port_in_host_matching: true,
    vhost_header: hostHeader,
    request_headers_to_remove: [
      scopeHeader,
      choiceHeader,
      pinHeader,
      ...sentHeaders.map(([name]) => name),
    ],
    typed_per_filter_config: disabledScopeFilters,
    virtual_hosts: [...hosts]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([host, list]) => ({ name: host, domains: [host], ...routing(list) })),
  };
}

export const disabledScopeFilters: JsonObject = Object.fromEntries(
  scopeFilters.map(({ name }) => [
    name,
    any("envoy.config.route.v3.FilterConfig", { disabled: true }),
  ]),
);

/** A flat list for one prefix; a tree of methods with prefixes for more, because Envoy walks a list from its start. */
function routing(routes: CompiledRoute[]): JsonObject {
  if (new Set(routes.map(({ prefix }) => prefix)).size <= 1) return { routes: sorted(routes) };
  const places = new Map(routes.map((route) => [route.method + route.prefix, route]));
  const lists = [...places]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, { method, prefix }]) => {
      const own = routes.filter((one) => one.method === method && isWithin(prefix, one.prefix));
      const typed_config = {
        "@type": "type.googleapis.com/envoy.config.route.v3.RouteList",
        routes: sorted(own),
      };
      return [key, { action: { name: "routes", typed_config } }];
    });
  return {
    matcher: {
      matcher_tree: {
        input: sentInput,
        prefix_match_map: { map: Object.fromEntries(lists) as JsonObject },
      },
    },
  };
}

/** The longest prefix decides alone, so it has the routes of the shorter ones too. */
const isWithin = (prefix: string, shorter: string): boolean =>
  prefix === shorter || prefix.startsWith(`${shorter}/`);

const sorted = (routes: CompiledRoute[]): JsonObject[] =>
  [...routes].sort(compareRoutes).map(({ body }) => JSON.parse(body) as JsonObject);
