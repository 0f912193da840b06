/** Envoy's fault filter: in every listener without a word, so that routes can say what it does. */
import { any, type JsonObject } from "../../protos.ts";
import { seconds } from "../cluster.ts";

const message = "envoy.extensions.filters.http.fault.v3.HTTPFault";

export const faultFilter = { name: "faults", typed_config: any(message) };

/** The parameters of the policy `fault-injection`, checked. */
export interface FaultParams {
  delay?: { durationMs: number; percentage?: number };
  abort?: { status: number; percentage?: number };
  headers?: { name: string; value: string }[];
}

export const faults = ({ delay, abort, headers = [] }: FaultParams): JsonObject =>
  any(message, {
    ...(delay && {
      delay: { fixed_delay: seconds(delay.durationMs), percentage: share(delay.percentage) },
    }),
    ...(abort && { abort: { http_status: abort.status, percentage: share(abort.percentage) } }),
    ...(headers.length > 0 && {
      headers: headers.map(({ name, value }) => ({ name, string_match: { exact: value } })),
    }),
  });

const share = (percentage = 100): JsonObject => ({
  numerator: Math.round(percentage * 10_000),
  denominator: "MILLION",
});
