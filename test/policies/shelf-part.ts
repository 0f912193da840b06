/**
 * Plays the cases of the shelf's policies, in the simulator and in Envoy. In parts, so that vitest spreads them over its
 * workers: each part builds its own policies, and what stands in their cases' chains.
 */
import { basename } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { build } from "../../cli/build/index.ts";
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
  const folders = [...shelf.keys()];
  const named = [...shelf].map(([folder, cases]) => ({ name: basename(folder), cases }));
  const envoy = envoyRunner();
  let module: Uint8Array;
  let versions: Map<string, string>;

  beforeAll(async () => {
    const built = await build([...folders, ...(await companions(folders, shelf))]);
    module = built.wasm;
    versions = new Map(
      built.policies.map(({ name, version }) => [name, `v${version.split(".")[0]}`]),
    );
  });

  afterAll(() => envoy.close());

  describe.each([simulatorRunner(), envoy])("on $name", (runner) => {
    describe.each(named)("$name", ({ name, cases }) => {
      for (const one of cases) {
        test(one.name, async ({ skip }) => {
          const version = versions.get(name) as string;
          const outcome = await play(one, runner, module, { name, version });
          if (outcome.result === "skipped") skip(outcome.lines.join());
          expect(outcome.lines).toEqual([]);
        });
      }
    });
  });
}
