/** `executionCondition` on every policy of the shelf: checked when it is deployed, heeded when it runs. */
import { basename } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { build } from "../../cli/build/index.ts";
import { readDefinition } from "../../cli/build/definition.ts";
import { loadCases } from "../../cli/cases/load.ts";
import { shelfFolders } from "../../cli/run/shelf.ts";
import { chainTrials } from "../../controller/deploy/modules/try-chain.ts";
import type { ChainLink } from "../../host-sim/index.ts";
import { simulate } from "../../host-sim/index.ts";

const tryChain = chainTrials();

const folders = await shelfFolders();
/** A policy as one of its own cases uses it. */
const links = await Promise.all(
  folders.map(async (folder): Promise<ChainLink> => {
    const { name, version } = await readDefinition(folder);
    const chains = (await loadCases(folder)).map(({ params, chain, routes }) => {
      const given = chain ?? routes?.[0]?.chain ?? [];
      const found = Array.isArray(given) ? given : given.policies;
      return params ?? found.find((one) => one.name === name)?.params;
    });
    return { name, version: `v${version.split(".")[0]}`, params: chains.find(Boolean) ?? {} };
  }),
);
let module: Uint8Array;
beforeAll(async () => {
  module = (await build(folders)).wasm;
}, 300_000);

test.each(links.map((link) => [basename(link.name), link] as const))("%s", async (_, link) => {
  const chain = (executionCondition: string) => ({
    api: { name: "a", version: "v1.0", context: "/a", kind: "RestApi" },
    policies: [
      {
        ...link,
        version: link.version!,
        params: { ...link.params },
        executionCondition,
        attachedTo: "route" as const,
      },
    ],
  });
  for (const wrong of ["request.Pth == '/'", "request.Path ==", "request.Path", "1 + 'a'"])
    expect(await tryChain(module, chain(wrong))).toMatch(/policies\[0\].*executionCondition: /);
  const gateway = await simulate({ module, rootId: "sluice.gateway", chain: chain("false") });
  const answer = await gateway.request({ method: "POST", path: "/a", body: "untouched" });
  await gateway.close();
  expect([answer.status, answer.decidedBy]).toEqual([200, null]);
  expect(new TextDecoder().decode(answer.upstream!.body)).toBe("untouched");
});
