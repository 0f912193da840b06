/** The host is not asked to remove what is known not to be there. */
import { beforeAll, expect, test } from "vitest";
import { build } from "../../cli/build/index.ts";
import { Gateway } from "../../host-sim/gateway.ts";

let module: Uint8Array;
beforeAll(async () => {
  module = (await build(["test/engine/remover"])).wasm;
});

test.each([
  ["not asked, of headers that were read and have none", { looks: true }, {}, 0],
  ["asked, of headers that were read and have one", { looks: true }, { "x-old": "1" }, 1],
  ["asked, where one was written since", { looks: true, writes: true }, {}, 1],
  ["asked, of headers that nobody read", {}, {}, 1],
])("%s", async (_, params, headers, times) => {
  let asked = 0;
  const gateway = await Gateway.start({
    ...{ module, rootId: "sluice.gateway" },
    chain: { policies: [{ name: "remover", version: "v1", params }] },
    called: (hostcall) => (asked += Number(hostcall === "proxy_remove_header_map_value")),
  });
  const { upstream } = await gateway.request({ path: "/", headers: { ...headers } });
  await gateway.close();
  const seen = new Map(upstream?.headers);
  expect([asked, seen.get("x-old"), seen.get("x-removed")]).toEqual([times, undefined, "yes"]);
});
