/** Requests that reach no route, whatever they ask for: decided by one filter, the first of all. */
import { any, type JsonObject } from "../../protos.ts";
import { ambiguous } from "./ambiguous.ts";
import { passedTooOften } from "./loops.ts";

/** Stands in the reason of Envoy's answer, by which its body and status are chosen. */
export const refusedFor = { ambiguous: "ambiguous", loop: "loop" } as const;

export const refusals = (maxPasses: number): JsonObject => ({
  name: "refusals",
  typed_config: any("envoy.extensions.filters.http.rbac.v3.RBAC", {
    rules: {
      action: "DENY",
      policies: {
        [refusedFor.ambiguous]: policy(ambiguous),
        ...(maxPasses > 0 && { [refusedFor.loop]: policy([passedTooOften(maxPasses)]) }),
      },
    },
  }),
});

const policy = (permissions: JsonObject[]): JsonObject => ({
  permissions,
  principals: [{ any: true }],
});
