/** The parts of a route's action that go beyond one cluster and one try. */
import { seconds } from "../xds/resources/cluster.ts";
import type { JsonObject } from "../xds/protos.ts";
import type { RestApi } from "../model/rest-api.ts";
import type { Retries } from "../model/traffic.ts";
import type { LoadBalancing } from "../model/upstream-settings.ts";
import type { Target } from "./targets.ts";

interface Parts {
  api: RestApi;
  target: Target;
  definitions: Map<string, Target>;
  isMain: boolean;
}

/** The sandbox is never part of a split. */
export function splitOrCluster({ api, target, definitions, isMain }: Parts): JsonObject {
  const { split } = api.traffic;
  if (split.length === 0 || !isMain) return { cluster: target.cluster };
  return {
    weighted_clusters: {
      clusters: split.map(({ upstream, weight }) => ({
        name: definitions.get(upstream)!.cluster,
        weight,
      })),
    },
  };
}

export function mirrors({ api, definitions, isMain }: Parts): JsonObject {
  const { mirror } = api.traffic;
  if (!mirror || !isMain) return {};
  return {
    request_mirror_policies: [
      {
        cluster: definitions.get(mirror.upstream)!.cluster,
        runtime_fraction: { default_value: { numerator: mirror.percent, denominator: "HUNDRED" } },
      },
    ],
  };
}

export const retryPolicy = (retries: Retries | null): JsonObject =>
  retries
    ? {
        retry_policy: {
          retry_on: retries.on.join(","),
          num_retries: retries.attempts,
          ...(retries.perTryTimeoutMs !== null && {
            per_try_timeout: seconds(retries.perTryTimeoutMs),
          }),
          retry_back_off: { base_interval: "0.025s", max_interval: "0.25s" },
        },
      }
    : {};

export function hashPolicies(on: LoadBalancing["hashOn"]): JsonObject {
  if (!on) return {};
  return { hash_policy: [hashPolicy(on)] };
}

function hashPolicy(on: NonNullable<LoadBalancing["hashOn"]>): JsonObject {
  if (on === "ip") return { connection_properties: { source_ip: true } };
  if (on === "uri") return { header: { header_name: ":path" } };
  if ("header" in on) return { header: { header_name: on.header } };
  return { cookie: { name: on.cookie, ttl: on.ttlMs === null ? "0s" : seconds(on.ttlMs) } };
}
