/**
 * Plays the cases of the shelf's policies, in the simulator and in Envoy. In parts, so that vitest spreads them over its
 * workers: each policy is built by itself, and with what stands in a case's chain.
 */
import { basename } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { build, type Built } from "../../cli/build/index.ts";
import { companions } from "../../cli/cases/companions.ts";
import { loadCases } from "../../cli/cases/load.ts";
import { shelfFolders } from "../../cli/run/shelf.ts";
import type { Case } from "../../host-sim/cases.ts";
import { play, simulatorRunner } from "../../host-sim/index.ts";
import { envoyRunner } from "../../controller/lab/runner.ts";

/** How many test files there are. */
const parts = 4;

/** The part's policies with their cases: dealt out by their number, so that no part has much more to play. */
async function dealt(part: number): Promise<Map<string, Case[]>> {
  const shelf = await Promise.all(
    (await shelfFolders()).map(async (folder) => [folder, await loadCases(folder)] as const),
  );
  const byNumber = shelf.sort(([, a], [, b]) => b.length - a.length);
  return new Map(
    byNumber.filter((_, index) => {
      const turn = index % (2 * parts);
      return Math.min(turn, 2 * parts - 1 - turn) === part - 1;
    }),
  );
}

export async function playPart(part: number): Promise<void> {
  const shelf = await dealt(part);
  const envoy = envoyRunner();
  afterAll(() => envoy.close());

  const modules = new Map<string, Promise<Built>>();
  /** With what stands in the case's chain: an Envoy takes a small module sooner than the whole shelf. */
  const builtFor = async (folder: string, one: Case): Promise<Built> => {
    const folders = [folder, ...(await companions([folder], new Map([[folder, [one]]])))];
    const key = folders.join();
    const built = modules.get(key) ?? build(folders);
    modules.set(key, built);
    return built;
  };

  describe.each([simulatorRunner(), envoy])("on $name", (runner) => {
    describe.each([...shelf].map(([folder, cases]) => [basename(folder), folder, cases] as const))(
      "%s",
      (_, folder, cases) => {
        for (const one of cases) {
          test(one.name, async ({ skip }) => {
            const { wasm, policies } = await builtFor(folder, one);
            const { name, version } = policies.find((policy) => policy.folder === folder)!;
            const own = { name, version: `v${version.split(".")[0]}` };
            const outcome = await play(one, runner, wasm, own);
            if (outcome.result === "skipped") skip(outcome.lines.join());
            expect(outcome.lines).toEqual([]);
          });
        }
      },
    );
  });
}
