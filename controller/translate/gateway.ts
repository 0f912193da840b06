/** What a gateway has before any API: its listeners, the scopes they look in, and its own health. */
import { any, type JsonObject } from "../xds/protos.ts";
import {
  hardened,
  listener,
  type DownstreamTls,
  type HttpLimits,
} from "../xds/resources/listener.ts";
import { noteHop } from "../xds/resources/http/loops.ts";
import { faultFilter } from "../xds/resources/http/fault.ts";
import { fromAds } from "../xds/resources/from-ads.ts";
import type { AccessLogForm } from "../xds/resources/http/access-log.ts";
import type { RequestEventOptions } from "../xds/resources/http/request-events.ts";
import {
  tracingCluster,
  tracingResource,
  type TracingOptions,
} from "../xds/resources/http/tracing.ts";
import type { ErrorForm } from "../xds/resources/http/local-replies.ts";
import type { Change } from "../xds/cache.ts";
import { pinFilter, pinHeader } from "./pinned.ts";
import { choiceHeader, sentHeaders } from "./sent.ts";
import { disabledScopeFilters, scope, scopeFilters, scopeHeader, scopeOf } from "./scope.ts";

export interface GatewayListeners {
  host: string;
  /** Null: not listened on. */
  httpPort: number | null;
  httpsPort: number | null;
  limits: Partial<HttpLimits>;
  accessLog: AccessLogForm;
  accessLogQuery?: boolean;
  events?: RequestEventOptions;
  metrics?: boolean;
  tracing?: TracingOptions;
  errors: ErrorForm;
  tls: DownstreamTls | null;
  /** The module filters, in order. */
  modules: string[];
  /** Native filters before the modules: answers pass them last, so that policies see them as the upstream sent them. */
  extraFilters: JsonObject[];
}

const healthSegment = "_gateway-health";
const healthScope = scopeOf([healthSegment], 1);

export function gatewayResources(options: GatewayListeners): Change[] {
  const common = {
    host: options.host,
    filters: [...lateScopes, pinFilter, faultFilter, ...options.extraFilters, ...options.modules],
    routes: scopedRoutes(options.limits.maxPasses ?? hardened.maxPasses),
    limits: options.limits,
    accessLog: options.accessLog,
    ...(options.accessLogQuery && { accessLogQuery: true }),
    ...(options.events && { events: options.events }),
    ...(options.metrics && { metrics: true }),
    ...(options.tracing && { tracing: options.tracing }),
    errors: options.errors,
  };
  const listeners: Change[] = [];
  if (options.httpPort !== null)
    listeners.push({
      kind: "listener",
      name: "http",
      body: listener({ ...common, name: "http", port: options.httpPort }),
    });
  if (options.httpsPort !== null && options.tls)
    listeners.push({
      kind: "listener",
      name: "https",
      body: listener({ ...common, name: "https", port: options.httpsPort, tls: options.tls }),
    });
  const collector = options.tracing && tracingResource(options.tracing);
  return [
    ...(collector ? [{ kind: "cluster" as const, name: tracingCluster, body: collector }] : []),
    { kind: "route", name: healthScope, body: healthRoutes(options.modules) },
    { kind: "scope", name: healthScope, body: scope(healthScope) },
    ...listeners,
  ];
}

/**
 * The path is taken after normalisation and before any filter, and the client's own value of the header is overwritten;
 * headers by which policies choose a route are the gateway's alone. `PATH` without its second word would prefer a
 * client's `x-envoy-original-path`.
 */
const scopedRoutes = (maxPasses: number): JsonObject => ({
  early_header_mutation_extensions: [
    {
      name: "scope",
      typed_config: any(
        "envoy.extensions.http.early_header_mutation.header_mutation.v3.HeaderMutation",
        {
          mutations: [
            ...[[scopeHeader, "%PATH(NQ:PATH)%"] as const, ...sentHeaders].map(([key, value]) => ({
              append: { header: { key, value }, append_action: "OVERWRITE_IF_EXISTS_OR_ADD" },
            })),
            ...[choiceHeader, pinHeader, "x-envoy-original-path"].map((remove) => ({ remove })),
            ...noteHop(maxPasses),
          ],
        },
      ),
    },
  ],
  scoped_routes: {
    name: "scopes",
    scope_key_builder: {
      fragments: [
        { header_value_extractor: { name: scopeHeader, element_separator: "/", index: 1 } },
      ],
    },
    rds_config_source: fromAds,
    scoped_rds: { scoped_rds_config_source: fromAds },
  },
});

const lateScopes = scopeFilters.map(({ name, code }): JsonObject => ({
  name,
  typed_config: any("envoy.extensions.filters.http.lua.v3.Lua", {
    default_source_code: { inline_string: code },
  }),
}));

const healthRoutes = (modules: string[]): JsonObject => ({
  name: healthScope,
  typed_per_filter_config: {
    ...disabledScopeFilters,
    ...Object.fromEntries(
      modules.map((name) => [name, any("envoy.config.route.v3.FilterConfig", { disabled: true })]),
    ),
  },
  virtual_hosts: [
    {
      name: "*",
      domains: ["*"],
      routes: [health("ready", "ready"), health("healthy", "healthy")],
    },
  ],
});

const health = (path: string, status: string): JsonObject => ({
  name: `${healthSegment}/${path}`,
  match: {
    path: `/${healthSegment}/${path}`,
    headers: [{ name: ":method", string_match: { exact: "GET" } }],
  },
  direct_response: { status: 200, body: { inline_string: JSON.stringify({ status }) } },
  response_headers_to_add: [
    {
      header: { key: "content-type", value: "application/json" },
      append_action: "OVERWRITE_IF_EXISTS_OR_ADD",
    },
  ],
});
