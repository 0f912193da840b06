/**
 * One route configuration per first path segment, so that one API's change pushes one API. What is at the root behind a
 * wildcard or a parameter is in a scope of its own, which a request reaches when its own scope has no route for it.
 */
import type { JsonObject } from "../xds/protos.ts";
import { compareRoutes } from "./path.ts";
import { choiceHeader, type CompiledRoute } from "./compile.ts";

/** The header that carries the path to the scope; a client's own value is overwritten. */
export const scopeHeader = "x-sluice-scope";
/** No path has a space, so no request chooses the root scope itself. */
const rootSegment = " root";
export const rootFilter = "root-scope";

/**
 * What the filter does for a request that has no route, and for no other: looks in the root scope. Asking for the metadata
 * makes Envoy find the route now; else the filters behind this one would still see none, and the request would reach its
 * upstream without its policies.
 */
export const toRootScope = `function envoy_on_request(handle)
  handle:headers():replace("${scopeHeader}", "/${rootSegment}")
  handle:clearRouteCache()
  handle:metadata()
end
`;

export const scopeName = (segment: string | null): string =>
  segment === null ? "root" : `segment/${segment}`;

export const scope = (segment: string | null): JsonObject => ({
  name: scopeName(segment),
  route_configuration_name: scopeName(segment),
  key: { fragments: [{ string_key: segment ?? rootSegment }] },
});

export interface ScopeOptions {
  segment: string | null;
  /** In the order of the documents, which decides between equals. */
  routes: CompiledRoute[];
  /** Hosts that get a virtual host even without a route, so that no wildcard serves them. */
  reservedHosts: string[];
}

export function routeConfiguration({ segment, routes, reservedHosts }: ScopeOptions): JsonObject {
  const hosts = new Map<string, CompiledRoute[]>(reservedHosts.map((host) => [host, []]));
  for (const route of routes)
    for (const host of route.hosts) {
      const list = hosts.get(host);
      if (list) list.push(route);
      else hosts.set(host, [route]);
    }
  return {
    name: scopeName(segment),
    ignore_port_in_host_matching: true,
    request_headers_to_remove: [scopeHeader, choiceHeader],
    typed_per_filter_config: { [rootFilter]: disabled },
    virtual_hosts: [...hosts]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([host, list]) => ({ name: host, domains: [host], ...routing(list) })),
  };
}

const disabled: JsonObject = {
  "@type": "type.googleapis.com/envoy.config.route.v3.FilterConfig",
  disabled: true,
};

/** A flat list for one prefix; a tree of prefixes for more, because Envoy walks a list from its start. */
function routing(routes: CompiledRoute[]): JsonObject {
  const prefixes = [...new Set(routes.map(({ prefix }) => prefix))].sort();
  if (prefixes.length <= 1) return { routes: sorted(routes) };
  return {
    matcher: {
      matcher_tree: {
        input: {
          name: "path",
          typed_config: {
            "@type": "type.googleapis.com/envoy.type.matcher.v3.HttpRequestHeaderMatchInput",
            header_name: ":path",
          },
        },
        prefix_match_map: {
          map: Object.fromEntries(
            prefixes.map((prefix) => [
              prefix,
              {
                action: {
                  name: "routes",
                  typed_config: {
                    "@type": "type.googleapis.com/envoy.config.route.v3.RouteList",
                    routes: sorted(routes.filter((route) => isWithin(prefix, route.prefix))),
                  },
                },
              },
            ]),
          ),
        },
      },
    },
  };
}

/** The longest prefix decides alone, so it has the routes of the shorter ones too. */
const isWithin = (prefix: string, shorter: string): boolean =>
  prefix === shorter || prefix.startsWith(`${shorter}/`);

const sorted = (routes: CompiledRoute[]): JsonObject[] =>
  [...routes].sort(compareRoutes).map(({ body }) => JSON.parse(body) as JsonObject);
