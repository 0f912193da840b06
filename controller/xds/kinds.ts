/**
 * The resource types that an Envoy is given, in push order: Envoy must know a cluster before a route names it, and a
 * module before a listener waits for it. What goes away goes in the opposite order.
 *
 * `key` is the field that names a resource of that type.
 */
export const kinds = [
  { name: "cluster", message: "envoy.config.cluster.v3.Cluster", key: "name" },
  {
    name: "endpoint",
    message: "envoy.config.endpoint.v3.ClusterLoadAssignment",
    key: "cluster_name",
  },
  { name: "secret", message: "envoy.extensions.transport_sockets.tls.v3.Secret", key: "name" },
  { name: "extension", message: "envoy.config.core.v3.TypedExtensionConfig", key: "name" },
  { name: "listener", message: "envoy.config.listener.v3.Listener", key: "name" },
  { name: "route", message: "envoy.config.route.v3.RouteConfiguration", key: "name" },
  { name: "scope", message: "envoy.config.route.v3.ScopedRouteConfiguration", key: "name" },
] as const;

export type Kind = (typeof kinds)[number]["name"];
