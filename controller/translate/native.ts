/**
 * Policies that are filters of Envoy's own: a row here makes of a reference what the filter reads on its route,
 * and the chain goes without it. One with an executionCondition stays in the chain, as the filter knows no CEL.
 */
import type { PolicyReference } from "../model/shared.ts";
import type { JsonObject } from "../xds/protos.ts";
import { faultFilter, faults, type FaultParams } from "../xds/resources/http/fault.ts";

interface Native {
  /** The filter's name in the listener. */
  filter: string;
  config(params: Record<string, unknown>): JsonObject;
}

const natives = new Map<string, Native>([
  [
    "fault-injection v1",
    { filter: faultFilter.name, config: (params) => faults(params as unknown as FaultParams) },
  ],
]);

const nativeOf = ({ name, version, executionCondition }: PolicyReference): Native | undefined =>
  executionCondition === null ? natives.get(`${name} ${version}`) : undefined;

/** Those that run in the chain. */
export const chained = (policies: readonly PolicyReference[]): PolicyReference[] =>
  policies.filter((policy) => !nativeOf(policy));

/** By filter; of several for one filter the last decides, so that an operation's comes before its API's. */
export const perRoute = (policies: readonly PolicyReference[]): JsonObject =>
  Object.fromEntries(
    policies.flatMap((policy) => {
      const native = nativeOf(policy);
      return native ? [[native.filter, native.config(policy.params)]] : [];
    }),
  );
