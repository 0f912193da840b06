/** Who called is told to the gateway where it records requests, and costs nothing where it does not. */
import { afterEach, expect, test } from "vitest";
import { build } from "../../cli/build/index.ts";
import { Gateway } from "../../host-sim/gateway.ts";

let gateway: Gateway;
afterEach(() => gateway.close());

/** How often a request of somebody who is known, and one of nobody, set an attribute. */
async function told(folders: string[], recorded: boolean): Promise<[number, number]> {
  const { wasm: module } = await build(folders);
  let set = 0;
  const params = { username: "ada", password: "right" };
  const policies = [{ name: "basic-auth", version: "v1", params }];
  gateway = await Gateway.start({
    ...{ module, rootId: "sluice.gateway", chain: { policies, ...(recorded && { recorded }) } },
    called: (hostcall) => (set += Number(hostcall === "proxy_set_property")),
  });
  const ask = async (status: number, headers: Record<string, string>) => {
    const before = set;
    expect((await gateway.request({ path: "/", headers })).status).toBe(status);
    return set - before;
  };
  const credentials = Buffer.from("ada:right").toString("base64");
  return [await ask(200, { authorization: `Basic ${credentials}` }), await ask(401, {})];
}

test.each([
  ["of one policy", ["policies/basic-auth"]],
  ["of several policies", ["policies/basic-auth", "policies/set-headers"]],
  ["with a feed", ["policies/basic-auth", "policies/api-key-auth"]],
])("by a module %s", async (_, folders) => {
  const quiet = await told(folders, false);
  await gateway.close();
  const [known, unknown] = await told(folders, true);
  expect([known, unknown]).toEqual([quiet[0] + 1, quiet[1] + 1]);
});
