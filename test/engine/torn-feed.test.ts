/** Two workers that bring the feed at the same time: one that was held up writes what it had been told long ago. */
import { afterEach, beforeAll, expect, test } from "vitest";
import { build } from "../../cli/build/index.ts";
import { CaseAgent } from "../../host-sim/cases/agent.ts";
import { feedId, sha256Hex } from "../../host-sim/feed/words.ts";
import { Gateway } from "../../host-sim/gateway.ts";

let module: Uint8Array;
beforeAll(async () => {
  module = (await build(["test/engine/looker"])).wasm;
});

let gateway: Gateway;
afterEach(() => gateway.close());

const of = ["pets", sha256Hex("one")];
const ask = async (): Promise<number> => {
  const { status } = await gateway.request({ path: "/a", headers: { "x-key": "one" } });
  return status;
};

/** What is shared between workers, by what a value's bytes have in them or by its key. */
function shared(wanted: (key: string, bytes: Buffer) => boolean): [key: string, text: string] {
  for (const [key, { text }] of gateway.shared.entries("sluice"))
    if (wanted(key, Buffer.from(text, "latin1"))) return [key, text];
  throw new Error("nothing of this kind is shared");
}

test.each([
  ["records and position", 3],
  ["records, before the other one wrote", 2],
])("a key that was revoked stays refused when a late worker writes %s", async (_, write) => {
  const agent = new CaseAgent([
    { table: "key", id: of, fields: ["k", "", "local", "", "ada", "", "", ""] },
  ]);
  let writes = 0;
  let meanwhile: () => void = () => {};
  gateway = await Gateway.start({
    ...{ module, rootId: "sluice.gateway" },
    chain: { policies: [{ name: "looker", version: "v1", params: {} }] },
    clusters: { "sluice.agent": agent.upstream },
    called: (hostcall) => {
      // Of an answer's writes the first renews the lease, the second is its record, the third its position.
      if (hostcall === "proxy_set_shared_data" && ++writes === write) meanwhile();
    },
  });
  expect(await ask()).toBe(200);
  const id = feedId("key", ...of);
  const late = [shared((_, bytes) => bytes.includes(id)), shared((key) => key === "sluice.g")];
  meanwhile = () => {
    for (const [key, text] of late) gateway.shared.set("sluice", key, text, 0);
  };
  writes = 0;
  agent.put([{ table: "key", id: of }]);
  for (let i = 0; i < 100 && !agent.taken; i++) gateway.clock.advance(10);
  expect([agent.taken, await ask()]).toEqual([true, 401]);
  expect(writes).toBeGreaterThan(write);
  expect(gateway.logs.map(({ message }) => message).join()).toContain("another worker");
});
