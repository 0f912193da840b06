/** The controller's own numbers, for its metrics port: what is there now, what it counted, and its process. */
import { X509Certificate } from "node:crypto";
import type { ControlPlane } from "../control-plane.ts";
import { prometheus, type Metric } from "../metrics.ts";
import { processMetrics } from "./process-metrics.ts";

const own = "gateway_controller_";

export async function controllerMetrics(
  plane: ControlPlane,
  /** PEM text of the HTTPS port's certificate, if one was given. */
  listenerCertificate?: string,
): Promise<string> {
  const { store, modules, connected, resources, meters } = plane;
  const now: Metric[] = [
    gauge("up", "1 while it runs", 1),
    { ...gauge("info", "What runs", 1), labels: { node: process.version } },
    ...documents(plane),
    gauge("policies_total", "Policies of the serving module", modules.catalog.list().length),
    gauge("xds_clients_connected", "Envoys connected now", connected()),
    ...labelled("snapshot_size", "Resources that Envoys should have", "kind", resources()),
    ...certificates(plane, listenerCertificate),
    // A database that does not answer takes no other number away.
    ...(await store.bytes().then(
      (bytes) => [gauge("database_size_bytes", "The database on disk", bytes)],
      () => [],
    )),
    ...processMetrics(),
  ];
  return prometheus(now) + routesPerApi(plane) + meters.text(own);
}

const gauge = (name: string, help: string, value: number): Metric => ({
  ...{ name: own + name, help, type: "gauge", value },
});

const labelled = (
  name: string,
  help: string,
  label: string,
  values: Readonly<Record<string, number>>,
): Metric[] =>
  Object.entries(values).map(([key, value]) => ({
    ...gauge(name, help, value),
    labels: { [label]: key },
  }));

/** Kinds that have a number of their own, and all by their names. */
const numbered: Record<string, [name: string, help: string]> = {
  RestApi: ["apis_total", "APIs in the store"],
  LlmProvider: ["llm_providers_total", "LLM providers in the store"],
  Mcp: ["mcp_proxies_total", "MCP proxies in the store"],
};

function documents({ control }: ControlPlane): Metric[] {
  const counts = Object.fromEntries(
    control.kinds.map((kind) => [kind.kind, control.list(kind).length]),
  );
  return [
    ...Object.entries(numbered).map(([kind, [name, help]]) => gauge(name, help, counts[kind] ?? 0)),
    ...labelled("config_store_size", "Documents in the store", "kind", counts),
  ];
}

function certificates({ certificates }: ControlPlane, listenerCertificate?: string): Metric[] {
  const authorities = certificates.list();
  const ends = authorities.map(({ name, not_after }) => ({ name, at: Date.parse(not_after) }));
  if (listenerCertificate)
    ends.push({ name: "https", at: Date.parse(new X509Certificate(listenerCertificate).validTo) });
  return [
    gauge("certificates_total", "Bundles of authorities for upstreams", authorities.length),
    ...ends.map(({ name, at }) => ({
      ...gauge("certificate_expiry_seconds", "Until a certificate ends", (at - Date.now()) / 1_000),
      labels: { name },
    })),
  ];
}

const routeBounds = [1, 2, 5, 10, 20, 50, 100];

/** A histogram of what is there now: a series for each API would be without bound. */
function routesPerApi({ control }: ControlPlane): string {
  const name = `${own}routes_per_api`;
  const counts = control.kinds.flatMap((kind) =>
    control.list(kind).map(({ handle }) => control.compiled(handle)?.routes.length ?? 0),
  );
  const bucket = (le: string, value: number) => `${name}_bucket{le="${le}"} ${value}\n`;
  return (
    `# HELP ${name} Routes of the APIs that are there\n# TYPE ${name} histogram\n` +
    routeBounds
      .map((bound) => bucket(String(bound), counts.filter((count) => count <= bound).length))
      .join("") +
    bucket("+Inf", counts.length) +
    `${name}_sum ${counts.reduce((sum, count) => sum + count, 0)}\n${name}_count ${counts.length}\n`
  );
}
