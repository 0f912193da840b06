/** A port that Envoy listens on, and what happens to every request there before it is routed. */
import { any, type JsonObject } from "../protos.ts";

const http = "envoy.extensions.filters.http";

export interface ListenerOptions {
  name: string;
  host: string;
  /** 0 takes any free port; Envoy's admin tells which. */
  port: number;
  /** Names of the module filters, in the order that requests pass them. */
  filters: string[];
  /** Where the connection manager finds its routes: `{rds: …}` or `{scoped_routes: …}`. */
  routes: JsonObject;
}

export const listener = ({ name, host, port, filters, routes }: ListenerOptions): JsonObject => ({
  name,
  address: { socket_address: { address: host, port_value: port } },
  filter_chains: [
    {
      filters: [
        {
          name: "envoy.filters.network.http_connection_manager",
          typed_config: any(
            "envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
            {
              stat_prefix: name,
              ...routes,
              http_filters: [
                ...filters.map(moduleSlot),
                { name: "router", typed_config: any(`${http}.router.v3.Router`) },
              ],
            },
          ),
        },
      ],
    },
  ],
});

/** A place in the filter chain that a module, named the same, fills over ECDS. */
const moduleSlot = (name: string): JsonObject => ({
  name,
  config_discovery: {
    config_source: fromAds,
    type_urls: [`type.googleapis.com/${http}.wasm.v3.Wasm`],
  },
});

export const fromAds: JsonObject = { ads: {}, resource_api_version: "V3" };

/** One route configuration for the whole listener. */
export const singleRoutes = (name: string): JsonObject => ({
  rds: { route_config_name: name, config_source: fromAds },
});
