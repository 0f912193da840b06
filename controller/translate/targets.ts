/**
 * Where a RestApi's requests go: the clusters, named by what they are. Equal targets of many APIs share one cluster, and
 * a changed target is a new cluster beside the old one, so that no request falls between them. The addresses of a
 * definition are pushed apart from its cluster, so that they change without touching its connections and health.
 */
import { createHash } from "node:crypto";
import { isIP } from "node:net";
import {
  cluster,
  loadAssignment,
  type ClusterOptions,
  type Endpoint,
} from "../xds/resources/cluster.ts";
import type { JsonObject } from "../xds/protos.ts";
import type { RestApi } from "../model/rest-api.ts";
import type { Upstream, UpstreamDefinition } from "../model/shared.ts";
import type { UpstreamSettings } from "../model/upstream-settings.ts";

export interface TargetResource {
  kind: "cluster" | "endpoint";
  name: string;
  body: JsonObject;
}

export interface Target {
  cluster: string;
  resources: TargetResource[];
  basePath: string;
  /** The Host header that goes upstream; null when Envoy takes the chosen endpoint's. */
  host: string | null;
  settings: UpstreamSettings | null;
}

export interface TargetDefaults {
  connectTimeoutMs: number;
  /** What a `ref` means of its definition: every target by its weight, unless it is the first alone. */
  refTargets?: RefTargets;
}

export type RefTargets = "all" | "first";

/** `main` and `sandbox`: a plain URL, or a definition. */
export function upstreamTarget(api: RestApi, upstream: Upstream, defaults: TargetDefaults): Target {
  if (upstream.url !== null) {
    const url = new URL(upstream.url);
    const options: Omit<ClusterOptions, "name"> = {
      endpoints: [endpoint(url, null)],
      connectTimeoutMs: defaults.connectTimeoutMs,
      tls: url.protocol === "https:",
    };
    const name = `${url.host}@${digest(options)}`;
    return {
      cluster: name,
      resources: [{ kind: "cluster", name, body: cluster({ name, ...options }) }],
      basePath: url.pathname.replace(/\/+$/, ""),
      host: url.host,
      settings: null,
    };
  }
  const definition = api.upstreamDefinitions.find(({ name }) => name === upstream.ref)!;
  const meant = defaults.refTargets === "first" ? firstOf(definition) : definition;
  return definitionTarget(api.name, meant, defaults);
}

/** A cluster of its own, as a policy may choose the whole definition; no definition's name has a dot. */
const firstOf = (definition: UpstreamDefinition): UpstreamDefinition => ({
  ...definition,
  name: `${definition.name}.first`,
  targets: definition.targets.slice(0, 1).map(({ url }) => ({ url, weight: null })),
});

/** Every address of a definition, by weight. */
export function definitionTarget(
  api: string,
  definition: UpstreamDefinition,
  defaults: TargetDefaults,
): Target {
  const { targets, settings, basePath } = definition;
  const urls = targets.map(({ url }) => new URL(url));
  const endpoints = targets.flatMap(({ weight }, i) =>
    weight === 0 && targets.length > 1 ? [] : [endpoint(urls[i]!, weight)],
  );
  const options: Omit<ClusterOptions, "name"> = {
    endpoints,
    connectTimeoutMs: definition.connectTimeoutMs ?? defaults.connectTimeoutMs,
    tls: urls[0]!.protocol === "https:",
    settings,
  };
  const apart = endpoints.every(({ host }) => isIP(host));
  const name = `${api}/${definition.name}@${digest(apart ? { ...options, endpoints: [] } : options)}`;
  return {
    cluster: name,
    resources: [
      { kind: "cluster", name, body: cluster({ name, ...options, apart }) },
      ...(apart
        ? [{ kind: "endpoint" as const, name, body: loadAssignment(name, endpoints) }]
        : []),
    ],
    basePath,
    host: endpoints.length === 1 ? urls[0]!.host : null,
    settings,
  };
}

function endpoint({ protocol, hostname, port }: URL, weight: number | null): Endpoint {
  return {
    host: hostname.replace(/^\[|\]$/g, ""),
    port: Number(port) || (protocol === "https:" ? 443 : 80),
    ...(weight !== null && { weight }),
  };
}

const digest = (value: object): string =>
  createHash("sha256").update(JSON.stringify(value)).digest("hex").slice(0, 12);
