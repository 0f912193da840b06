import { fileURLToPath } from "node:url";
import { beforeAll, expect, test } from "vitest";
import { build } from "../../../cli/build/index.ts";
import { tryChain } from "../../../controller/deploy/try-chain.ts";
import type { Chain } from "../../../controller/translate/chain.ts";

let module: Uint8Array;
beforeAll(async () => {
  const { wasm } = await build([
    fileURLToPath(new URL("../../../policies/set-headers", import.meta.url)),
  ]);
  module = wasm;
}, 60_000);

const chain = (params: Record<string, unknown>, name = "set-headers"): Chain => ({
  api: { name: "a", version: "v1", context: "/a", kind: "RestApi" },
  policies: [{ name, version: "v1", params, attachedTo: "api" }],
});

test("a chain that the engine builds is taken", async () => {
  expect(
    await tryChain(module, chain({ request: { headers: [{ name: "x-a", value: "1" }] } })),
  ).toBeNull();
});

test("a chain that it cannot build is refused in the engine's words", async () => {
  expect(await tryChain(module, chain({}, "nobody"))).toContain(
    "there is no policy nobody v1 in this module",
  );
  expect(await tryChain(module, chain({ request: { headers: [] } }))).toContain("headers");
});
