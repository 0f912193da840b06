/**
 * The resource types that an Envoy is given, in push order: Envoy must know a cluster before a route names it, and a
 * module before a listener waits for it. What goes away goes in the opposite order. Kinds of one stage do not wait for
 * each other: Envoy answers for a cluster only when its endpoints came, and asks for routes when it knows their scope.
 */
export const kinds = [
  { name: "cluster", stage: 1, message: "envoy.config.cluster.v3.Cluster" },
  { name: "endpoint", stage: 1, message: "envoy.config.endpoint.v3.ClusterLoadAssignment" },
  { name: "secret", stage: 1, message: "envoy.extensions.transport_sockets.tls.v3.Secret" },
  { name: "extension", stage: 2, message: "envoy.config.core.v3.TypedExtensionConfig" },
  { name: "listener", stage: 3, message: "envoy.config.listener.v3.Listener" },
  { name: "scope", stage: 4, message: "envoy.config.route.v3.ScopedRouteConfiguration" },
  { name: "route", stage: 4, message: "envoy.config.route.v3.RouteConfiguration" },
] as const;

export type Kind = (typeof kinds)[number]["name"];

/** The kinds of each stage, in push order. */
export const stages: Kind[][] = [1, 2, 3, 4].map((stage) =>
  kinds.filter((kind) => kind.stage === stage).map(({ name }) => name),
);
