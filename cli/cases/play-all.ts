/** `ap policy test`: builds the folders into one module and plays their cases. */
import { build } from "../build/index.ts";
import type { Runner } from "../../host-sim/cases/runner.ts";
import { play, simulatorRunner, type Outcome } from "../../host-sim/index.ts";
import { companions } from "./companions.ts";
import { Counts } from "./coverage/counts.ts";
import { coveredFiles, type CoveredFile } from "./coverage/files.ts";
import { faultLines } from "./fault-lines.ts";
import { loadCases } from "./load.ts";

export interface PolicyOutcome extends Outcome {
  policy: string;
}

export interface Played {
  outcomes: PolicyOutcome[];
  /** Of the folders' own files, if it was asked for: what ran in the simulator. */
  covered: CoveredFile[];
}

export interface Hosts {
  /** The cases run in the simulator always. */
  envoy: Runner | null;
  coverage: boolean;
}

export async function playAll(
  folders: readonly string[],
  hosts: Hosts,
  told: (outcome: PolicyOutcome) => void,
): Promise<Played> {
  const cases = new Map(
    await Promise.all(folders.map(async (folder) => [folder, await loadCases(folder)] as const)),
  );
  const all = [...folders, ...(await companions(folders, cases))];
  const { wasm, policies, statements } = await build(
    all,
    hosts.coverage ? { counted: folders } : {},
  );
  const lineOf = faultLines(all);
  const counts = new Counts(statements.length);
  const simulator = simulatorRunner(hosts.coverage ? { instance: counts.instance } : {});
  const runners = [simulator, ...(hosts.envoy ? [hosts.envoy] : [])];
  const outcomes: PolicyOutcome[] = [];
  for (const { name, version, folder } of policies) {
    const own = { name, version: `v${version.split(".")[0]}` };
    for (const one of cases.get(folder) ?? []) {
      for (const runner of runners) {
        const outcome = { policy: name, ...(await play(one, runner, wasm, own)) };
        counts.take();
        if (outcome.result === "failed" && outcome.faults.length)
          outcome.lines.push(...outcome.faults, ...(await lineOf(one, own)));
        outcomes.push(outcome);
        told(outcome);
      }
    }
  }
  const folderOf = new Map(policies.map(({ name, folder }) => [name, folder]));
  return { outcomes, covered: coveredFiles(statements, counts.hits, folderOf) };
}
