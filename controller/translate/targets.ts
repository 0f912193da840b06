/**
 * Where a RestApi's requests go: the clusters, named by what they are. Equal targets of many APIs share one cluster, and
 * a changed target is a new cluster beside the old one, so that no request falls between them.
 */
import { createHash } from "node:crypto";
import { cluster, type ClusterOptions, type Endpoint } from "../xds/resources/cluster.ts";
import type { JsonObject } from "../xds/protos.ts";
import type { RestApi } from "../model/rest-api.ts";
import type { Upstream, UpstreamDefinition } from "../model/shared.ts";
import type { UpstreamSettings } from "../model/upstream-settings.ts";

export interface Target {
  cluster: { name: string; body: JsonObject };
  basePath: string;
  /** The Host header that goes upstream; null when Envoy takes the chosen endpoint's. */
  host: string | null;
  settings: UpstreamSettings | null;
}

export interface TargetDefaults {
  connectTimeoutMs: number;
}

/** `main` and `sandbox`: a plain URL, or the first address of a definition. */
export function upstreamTarget(api: RestApi, upstream: Upstream, defaults: TargetDefaults): Target {
  if (upstream.url !== null) {
    const url = new URL(upstream.url);
    return target(
      [{ url: upstream.url, weight: null }],
      url.pathname.replace(/\/+$/, ""),
      null,
      null,
      defaults,
    );
  }
  const definition = api.upstreamDefinitions.find(({ name }) => name === upstream.ref)!;
  return definitionTarget(definition, defaults);
}

/** Every address of a definition, by weight. */
export const definitionTarget = (
  definition: UpstreamDefinition,
  defaults: TargetDefaults,
): Target =>
  target(
    definition.targets,
    definition.basePath,
    definition.connectTimeoutMs,
    definition.settings,
    defaults,
  );

function target(
  targets: { url: string; weight: number | null }[],
  basePath: string,
  connectTimeoutMs: number | null,
  settings: UpstreamSettings | null,
  defaults: TargetDefaults,
): Target {
  const urls = targets.map(({ url }) => new URL(url));
  const secure = urls[0]!.protocol === "https:";
  const endpoints = targets.flatMap(({ weight }, i): Endpoint[] => {
    if (weight === 0 && targets.length > 1) return [];
    const { hostname, port } = urls[i]!;
    const host = hostname.replace(/^\[|\]$/g, "");
    return [
      { host, port: Number(port) || (secure ? 443 : 80), ...(weight !== null && { weight }) },
    ];
  });
  const options: Omit<ClusterOptions, "name"> = {
    endpoints,
    connectTimeoutMs: connectTimeoutMs ?? defaults.connectTimeoutMs,
    tls: secure,
    ...(settings && { settings }),
  };
  const digest = createHash("sha256").update(JSON.stringify(options)).digest("hex").slice(0, 12);
  const name = `${urls[0]!.host}@${digest}`;
  return {
    cluster: { name, body: cluster({ name, ...options }) },
    basePath,
    host: endpoints.length === 1 ? urls[0]!.host : null,
    settings,
  };
}
