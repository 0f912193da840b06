/** The paths of a module that some gateways try before all get it. */
import type { CanaryState } from "../../canary/canary.ts";
import { json, type Paths } from "../operation.ts";
import {
  component,
  count,
  listOf,
  object,
  oneOf,
  orNull,
  success,
  text,
  time,
  type Schema,
} from "../schema.ts";

const counters = object({ requests: count, failures: count, faults: count });

/** One that is in one of these states. */
export const trialIn = (...states: CanaryState["state"][]): Schema =>
  object(
    {
      ...{ hash: text, state: oneOf(...states) },
      share: { type: "number", exclusiveMinimum: 0, maximum: 1 },
      ...{ gateways: listOf(text), others: listOf(text), startedAt: time, forMs: count },
      ...{ canary: counters, usual: counters },
    },
    { reason: text },
  );

export const trial = trialIn("starting", "trying", "promoted", "taken back");

/** In percent. */
export const share = { type: "string", pattern: "^(\\d{1,2}(\\.\\d+)?|100)%$" };

export const canaryPaths: Paths = {
  "/modules/canary": {
    get: {
      summary: "The module that some gateways try, or tried last",
      answers: { 200: json("It, if there is one.", success({ canary: orNull(trial) })) },
    },
    delete: {
      summary: "Ends the trial: all have what they had",
      answers: {
        200: json("Ended.", success({ canary: orNull(trial) })),
        404: json("No module is being tried.", component("Problem")),
      },
    },
  },
};
