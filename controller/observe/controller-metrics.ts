/** The controller's own numbers, for its metrics port. */
import { X509Certificate } from "node:crypto";
import type { ControlPlane } from "../control-plane.ts";
import { prometheus, type Metric } from "../metrics.ts";
import { resourceKinds } from "../model/index.ts";

const own = "gateway_controller_";

export function controllerMetrics(
  { control, modules, certificates, connected }: ControlPlane,
  /** PEM text of the HTTPS port's certificate, if one was given. */
  listenerCertificate?: string,
): string {
  const gauge = (name: string, help: string, value: number): Metric => ({
    ...{ name: own + name, help, type: "gauge", value },
  });
  const authorities = certificates.list();
  const ends = authorities.map(({ name, not_after }) => ({ name, at: Date.parse(not_after) }));
  if (listenerCertificate)
    ends.push({ name: "https", at: Date.parse(new X509Certificate(listenerCertificate).validTo) });
  return prometheus([
    gauge("up", "1 while it runs", 1),
    gauge("apis_total", "APIs in the store", control.list(resourceKinds[0]).length),
    gauge("policies_total", "Policies of the serving module", modules.catalog.list().length),
    gauge("xds_clients_connected", "Envoys connected now", connected()),
    gauge("certificates_total", "Bundles of authorities for upstreams", authorities.length),
    ...ends.map(({ name, at }) => ({
      ...gauge("certificate_expiry_seconds", "Until a certificate ends", (at - Date.now()) / 1_000),
      labels: { name },
    })),
    ...processMetrics(),
  ]);
}

function processMetrics(): Metric[] {
  const { rss } = process.memoryUsage();
  const { user, system } = process.cpuUsage();
  return [
    {
      name: "process_resident_memory_bytes",
      help: "Memory of the process",
      type: "gauge",
      value: rss,
    },
    {
      name: "process_cpu_seconds_total",
      help: "CPU time of the process",
      type: "counter",
      value: (user + system) / 1e6,
    },
    {
      name: "process_start_time_seconds",
      help: "When it started, since 1970",
      type: "gauge",
      value: Math.round(Date.now() / 1_000 - process.uptime()),
    },
  ];
}
