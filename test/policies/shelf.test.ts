import { basename } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { build } from "../../cli/build/index.ts";
import { loadCases } from "../../cli/cases/load.ts";
import { shelfFolders } from "../../cli/run/shelf.ts";
import { play, simulatorRunner } from "../../host-sim/index.ts";
import { envoyCases } from "../runners/envoy-cases.ts";

const folders = await shelfFolders();
const shelf = await Promise.all(
  folders.map(async (folder) => ({ name: basename(folder), cases: await loadCases(folder) })),
);
const envoy = envoyCases();
let module: Uint8Array;
let versions: Map<string, string>;

beforeAll(async () => {
  const built = await build(folders);
  module = built.wasm;
  versions = new Map(
    built.policies.map(({ name, version }) => [name, `v${version.split(".")[0]}`]),
  );
});

afterAll(() => envoy.close());

describe.each([simulatorRunner(), envoy])("on $name", (runner) => {
  describe.each(shelf)("$name", ({ name, cases }) => {
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
