/** A route: what it matches, where it goes, and the chain of policies that runs on it. */
import { any, type JsonObject } from "../protos.ts";

export interface RouteOptions {
  name: string;
  match: JsonObject;
  /** Envoy's `route`, `direct_response` or `redirect`. */
  action: JsonObject;
  /** The policies' chain as JSON text; a route without one disables the filters, and costs nothing. */
  chain?: string;
  /** Filters to disable when there is no chain. */
  filters?: string[];
  /** What filters do on this route, by their names. */
  perRoute?: JsonObject;
  /** Further metadata by namespace. */
  metadata?: JsonObject;
}

export const route = (options: RouteOptions): JsonObject => {
  const { name, match, action, chain, filters = [], perRoute = {}, metadata = {} } = options;
  const all = chain === undefined ? metadata : { ...metadata, sluice: { chain } };
  const configs = { ...(chain === undefined && disabled(filters)), ...perRoute };
  return {
    name,
    match,
    ...action,
    ...(Object.keys(all).length > 0 && { metadata: { filter_metadata: all } }),
    ...(Object.keys(configs).length > 0 && { typed_per_filter_config: configs }),
  };
};

const disabled = (filters: string[]): JsonObject =>
  Object.fromEntries(
    filters.map((name) => [name, any("envoy.config.route.v3.FilterConfig", { disabled: true })]),
  );
