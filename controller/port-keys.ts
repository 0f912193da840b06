/** Which key of the configuration sets a port, and how it is set for one start alone. */
import type { Ports } from "./options.ts";

export const portKeys: Record<keyof Ports, string> = {
  http: "router.listener_port",
  https: "router.https_port",
  management: "controller.server.api_port",
  admin: "controller.admin_server.port",
  adminPublished: "controller.admin_server.published_port",
  metrics: "controller.metrics.port",
  engineAdmin: "policy_engine.admin.port",
  engineMetrics: "policy_engine.metrics.port",
  xds: "controller.server.xds_port",
  envoyAdmin: "router.envoy_admin_port",
};

export const portVariable = (port: keyof Ports): string =>
  `GATEWAY_${portKeys[port].replaceAll(".", "__").toUpperCase()}`;
