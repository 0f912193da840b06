/**
 * The listener of a gateway with one API as the controller's own builders make it, put together so that it stands in a
 * static bootstrap: what else comes over xDS is inside of it.
 */
import { trafficDefaults } from "../../../controller/deploy/settings.ts";
import { readDocument, resourceKinds } from "../../../controller/model/index.ts";
import { compileApi } from "../../../controller/translate/compile.ts";
import { gatewayResources, type GatewayListeners } from "../../../controller/translate/gateway.ts";
import { routeConfiguration, scope } from "../../../controller/translate/scope.ts";
import { document, type DocumentOptions } from "./documents.ts";

/** Envoy's messages, as far as somebody leaves something out of them. */
export interface Parts {
  /** Of the connection; the last one is the manager's. */
  filters: NetworkFilter[];
  manager: Manager;
  routes: Routes;
}

interface Manager {
  http_filters: {
    name: string;
    typed_config?: { rules?: { policies: Record<string, unknown> } };
  }[];
  scoped_routes?: object;
  early_header_mutation_extensions?: { typed_config: { mutations: Mutation[] } }[];
  [other: string]: unknown;
}

interface Mutation {
  append?: { header: { key: string } };
}

interface Routes {
  virtual_hosts: { routes?: Route[] }[];
  [other: string]: unknown;
}

export interface Route {
  match: object;
  route: Record<string, unknown>;
}

interface Listener {
  name?: string;
  address?: object;
  filter_chains: { filters: NetworkFilter[] }[];
}

interface NetworkFilter {
  name: string;
  typed_config: Manager;
}

export interface AtRest {
  listener?: Partial<GatewayListeners>;
  document?: Partial<DocumentOptions>;
  /** The filter that stands for `policies`. */
  engine: object;
  change?(parts: Parts): void;
}

/** Its requests go to `/pets`. */
const name = "pets";
const modules = ["policies"];

export function gatewayAtRest({ listener = {}, document = {}, engine, change }: AtRest): object {
  const routes = routesOf(document);
  const resources = gatewayResources({
    ...{ host: "127.0.0.1", httpPort: 1, httpsPort: null, limits: {}, accessLog: "json" },
    ...{ errors: "json", tls: null, modules, extraFilters: [], ...listener },
  });
  const { body } = resources.find(({ kind }) => kind === "listener")!;
  const { name: _, address: __, ...whole } = structuredClone(body) as unknown as Listener;
  const { filters } = whole.filter_chains[0]!;
  const manager = filters.at(-1)!.typed_config;
  manager.http_filters = manager.http_filters.map((filter) =>
    filter.name === modules[0] ? { ...engine, name: filter.name } : filter,
  );
  change?.({ filters, manager, routes });
  if (manager.scoped_routes) manager.scoped_routes = scopes(manager.scoped_routes, routes);
  return whole;
}

function routesOf(options: Partial<DocumentOptions>): Routes {
  const { api } = readDocument(resourceKinds[0], document(name, { upstream: 1, ...options }));
  const { compiled } = compileApi(api, {
    ...{ ...trafficDefaults, filters: modules, policies: [] },
    ...{ bodyUse: () => "none", services: () => [] },
  });
  const reservedHosts = trafficDefaults.hosts.sandbox;
  const routes = structuredClone(
    routeConfiguration({ name: `segment/${name}`, routes: compiled.routes, reservedHosts }),
  ) as unknown as Routes;
  for (const { route } of eachRoute(routes)) route["cluster"] = "upstream";
  return routes;
}

export const eachRoute = (routes: Routes): Route[] =>
  routes.virtual_hosts.flatMap((host) => host.routes ?? []);

function scopes(over: object, routes: Routes): object {
  const { scoped_rds: _, rds_config_source: __, ...kept } = over as Record<string, unknown>;
  const { route_configuration_name: ___, ...key } = scope(`segment/${name}`);
  const one = { ...key, route_configuration: routes };
  return { ...kept, scoped_route_configurations_list: { scoped_route_configurations: [one] } };
}
