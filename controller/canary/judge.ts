/** Whether a module does worse than what it is compared with. */
import type { Counters } from "./counters.ts";

/** With fewer requests a share says nothing, and counts as none: whatever fails then is the new module's doing. */
const leastRequests = 20;
/** One fault is a mistake in a policy; single failures of an upstream are not. */
const least = { faults: 1, failures: 5 } as const;
const deviations = 3;

/** Null: it does no worse; else why it does. `usual` is how the module before did in the same time, or before. */
export function judge(canary: Counters, usual: Counters): string | null {
  for (const what of ["faults", "failures"] as const) {
    const { requests } = canary;
    const found = canary[what];
    const share = usual.requests < leastRequests ? 0 : Math.min(1, usual[what] / usual.requests);
    const expected = requests * share;
    const bound = expected + deviations * Math.sqrt(expected * (1 - share));
    if (found >= least[what] && found > bound)
      return `${found} ${words[what]} in ${requests} requests, where ${expected.toFixed(1)} were to be expected`;
  }
  return null;
}

const words = { faults: "faults of policies", failures: "answers of 500 and above" };
