/**
 * The listener of a gateway with one API as the controller's own builders make it, put together so that it stands in a
 * static bootstrap: what else comes over xDS is inside of it.
 */
import { trafficDefaults } from "../../../controller/deploy/settings.ts";
import { readDocument, resourceKinds } from "../../../controller/model/index.ts";
import { compileApi } from "../../../controller/translate/compile.ts";
import { gatewayResources, type GatewayListeners } from "../../../controller/translate/gateway.ts";
import { routeConfiguration, scope } from "../../../controller/translate/scope.ts";
import type { JsonObject } from "../../../controller/xds/protos.ts";
import { document, type DocumentOptions } from "./documents.ts";

/** Envoy's objects, open for whoever leaves something out of them. */
export interface Parts {
  manager: Record<string, any>;
  routes: Record<string, any>;
}

export interface AtRest {
  listener: Partial<GatewayListeners>;
  document: Partial<DocumentOptions>;
  /** The filter that stands for `policies`. */
  engine: object;
  change?(parts: Parts): void;
}
const name = "pets";

export function gatewayAtRest({ listener, document: options, engine, change }: AtRest): object {
  const { compiled } = compileApi(
    readDocument(resourceKinds[0], document(name, { upstream: 1, ...options })).api,
    {
      ...trafficDefaults,
      filters: ["policies"],
      policies: [],
      readsBody: () => false,
      services: () => [],
    },
  );
  const routes = structuredClone(
    routeConfiguration({
      ...{ name: `segment/${name}`, routes: compiled.routes },
      reservedHosts: trafficDefaults.hosts.sandbox,
    }),
  ) as Record<string, any>;
  for (const host of routes["virtual_hosts"])
    for (const { route } of host.routes ?? []) route.cluster = "upstream";
  const resources = gatewayResources({
    ...{ host: "127.0.0.1", httpPort: 1, httpsPort: null, limits: {}, accessLog: "json" },
    ...{ errors: "json", tls: null, modules: ["policies"], extraFilters: [], ...listener },
  });
  const body = resources.find(({ kind }) => kind === "listener")!.body as Record<string, any>;
  const whole = structuredClone(body);
  const manager = whole["filter_chains"][0].filters[0].typed_config;
  const place = manager.http_filters.findIndex(({ name }: JsonObject) => name === "policies");
  manager.http_filters[place] = { ...engine, name: "policies" };
  change?.({ manager, routes });
  if (manager.scoped_routes) {
    delete manager.scoped_routes.scoped_rds;
    delete manager.scoped_routes.rds_config_source;
    const { route_configuration_name: _, ...key } = scope(`segment/${name}`);
    manager.scoped_routes.scoped_route_configurations_list = {
      scoped_route_configurations: [{ ...key, route_configuration: routes }],
    };
  }
  delete whole["name"];
  delete whole["address"];
  return whole;
}
