/**
 * Whether every port can be had, asked before anything is built or fetched: who has a gateway running already, or another
 * program on 8080, is told at once, and how to choose another port.
 */
import { expectFree, type Place } from "../../controller/agent/free.ts";
import { portVariable } from "../../controller/port-keys.ts";
import { defaultPorts, type GatewayOptions, type Ports } from "../../controller/options.ts";

const names: Record<keyof Ports, string> = {
  management: "the management API",
  xds: "xDS",
  admin: "the admin API",
  adminPublished: "the admin API, once more",
  metrics: "the controller's metrics",
  engineAdmin: "Envoy's health",
  engineMetrics: "Envoy's metrics",
  http: "traffic",
  https: "traffic over TLS",
  envoyAdmin: "Envoy's admin interface",
};

export async function expectPorts(
  options: Pick<GatewayOptions, "ports" | "host" | "trafficHost" | "envoy">,
): Promise<void> {
  const ports = { ...defaultPorts, ...options.ports };
  const hosts: Partial<Record<keyof Ports, string>> = {
    ...{ http: options.trafficHost ?? "0.0.0.0", https: options.trafficHost ?? "0.0.0.0" },
    envoyAdmin: "127.0.0.1",
  };
  const places = (Object.keys(names) as (keyof Ports)[]).map((name): Place & { name: string } => ({
    name,
    what: names[name],
    host: hosts[name] ?? options.host ?? "127.0.0.1",
    port: ports[name],
    instead: `choose another with ${portVariable(name)}=<port>`,
    leaving: name in hosts,
  }));
  await expectFree(
    options.envoy === "none" ? places.filter(({ name }) => !(name in hosts)) : places,
  );
}
