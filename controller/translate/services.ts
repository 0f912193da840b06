/**
 * Services that policies call by URL. A parameter that its schema marks with `x-sluice-service` names one; each origin
 * becomes a cluster whose name the SDK's `Call.to` computes from the same URL.
 */
import type { UpstreamTls } from "../model/upstream-tls.ts";
import { cluster } from "../xds/resources/cluster.ts";
import type { TargetDefaults, TargetResource } from "./targets.ts";

/** Null unless it is an http or https URL of a host. */
export function serviceCluster(
  text: string,
  defaults: TargetDefaults,
  trustOf: (cluster: string) => UpstreamTls | null = () => null,
): TargetResource | null {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (!url || !/^https?:$/.test(url.protocol) || url.username || url.password) return null;
  const tls = url.protocol === "https:";
  const port = Number(url.port) || (tls ? 443 : 80);
  const name = `out|${url.protocol.slice(0, -1)}|${url.hostname}|${port}`;
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const { connectTimeoutMs } = defaults;
  return {
    kind: "cluster",
    name,
    body: cluster({
      name,
      endpoints: [{ host, port }],
      connectTimeoutMs,
      tls,
      trust: trustOf(name),
    }),
  };
}
