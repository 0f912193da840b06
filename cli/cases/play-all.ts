/** `ap policy test`: builds the folders into one module and plays their cases. */
import { basename } from "node:path";
import { build } from "../build/index.ts";
import type { Case } from "../../host-sim/cases.ts";
import type { Runner } from "../../host-sim/cases/runner.ts";
import { play, type Outcome } from "../../host-sim/index.ts";
import { shelfFolders } from "../run/shelf.ts";
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
  const { wasm, policies } = await build([...folders, ...(await companions(folders, cases))]);
  const outcomes: PolicyOutcome[] = [];
  for (const { name, version, folder } of policies) {
    const own = { name, version: `v${version.split(".")[0]}` };
    for (const one of cases.get(folder) ?? []) {
      for (const runner of runners) {
        const outcome = { policy: name, ...(await play(one, runner, wasm, own)) };
        outcomes.push(outcome);
        told(outcome);
      }
    }
  }
  return outcomes;
}

/** Policies of the shelf that stand in the cases' chains beside the folders' own. */
async function companions(
  folders: readonly string[],
  cases: ReadonlyMap<string, readonly Case[]>,
): Promise<string[]> {
  const named = new Set(
    [...cases.values()]
      .flat()
      .flatMap(({ chain, routes = [] }) =>
        [chain, ...routes.map((route) => route.chain)].flatMap((one) =>
          (Array.isArray(one) ? one : (one?.policies ?? [])).map(({ name }) => name),
        ),
      ),
  );
  const own = new Set(folders.map((folder) => basename(folder)));
  return (await shelfFolders()).filter(
    (folder) => named.has(basename(folder)) && !own.has(basename(folder)),
  );
}
