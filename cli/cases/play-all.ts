/** `ap policy test`: builds the folders into one module and plays their cases. */
import { build } from "../build/index.ts";
import type { Runner } from "../../host-sim/cases/runner.ts";
import { play, type Outcome } from "../../host-sim/index.ts";
import { companions } from "./companions.ts";
import { faultLines } from "./fault-lines.ts";
import { loadCases } from "./load.ts";

export interface PolicyOutcome extends Outcome {
  policy: string;
}

export async function playAll(
  folders: readonly string[],
  runners: readonly Runner[],
  told: (outcome: PolicyOutcome) => void,
): Promise<PolicyOutcome[]> {
  const cases = new Map(
    await Promise.all(folders.map(async (folder) => [folder, await loadCases(folder)] as const)),
  );
  const all = [...folders, ...(await companions(folders, cases))];
  const { wasm, policies } = await build(all);
  const lineOf = faultLines(all);
  const outcomes: PolicyOutcome[] = [];
  for (const { name, version, folder } of policies) {
    const own = { name, version: `v${version.split(".")[0]}` };
    for (const one of cases.get(folder) ?? []) {
      for (const runner of runners) {
        const outcome = { policy: name, ...(await play(one, runner, wasm, own)) };
        if (outcome.result === "failed" && outcome.faults.length)
          outcome.lines.push(...outcome.faults, ...(await lineOf(one, own)));
        outcomes.push(outcome);
        told(outcome);
      }
    }
  }
  return outcomes;
}
