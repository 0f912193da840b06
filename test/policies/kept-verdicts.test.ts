/** A token that was verified is not again: seen by how often the host is asked to verify a signature. */
import { afterEach, beforeAll, expect, test } from "vitest";
import { build } from "../../cli/build/index.ts";
import { Gateway } from "../../host-sim/gateway.ts";
import { bearer, claims, local, token } from "../../policies/jwt-auth/cases/tokens.ts";

let module: Uint8Array;
beforeAll(async () => {
  module = (await build(["policies/jwt-auth"])).wasm;
});

let gateway: Gateway;
afterEach(() => gateway.close());

/** Starts a gateway; what it returns tells how many verifications a request takes. */
async function verifying(params: object, workers = 1) {
  let verified = 0;
  const policies = [{ name: "jwt-auth", version: "v1", params: local(params) }];
  gateway = await Gateway.start({
    ...{ module, rootId: "sluice.gateway", chain: { policies }, workers },
    called: (hostcall) => (verified += Number(hostcall === "proxy_call_foreign_function")),
  });
  return async (text: string, worker = 0) => {
    const before = verified;
    const { status } = await gateway.request({ path: "/", headers: bearer(text), worker });
    expect(status).toBe(200);
    return verified - before;
  };
}
const one = token();
const other = token({ payload: { ...claims, sub: "bob" } });

test("a token is verified once for all workers", async () => {
  const verify = await verifying({}, 2);
  expect(await verify(one)).toBe(1);
  expect([await verify(one), await verify(one, 1), await verify(one, 1)]).toEqual([0, 0, 0]);
  expect(await verify(other)).toBe(1);
});

test("tokencaching: each time, where it is turned off", async () => {
  const verify = await verifying({ tokencaching: false });
  expect([await verify(one), await verify(one)]).toEqual([1, 1]);
});

test("tokencachettl: again, when the verdict is too old", async () => {
  const verify = await verifying({ tokencachettl: "1m" });
  expect(await verify(one)).toBe(1);
  gateway.clock.advance(59_000);
  expect(await verify(one)).toBe(0);
  gateway.clock.advance(2_000);
  expect([await verify(one), await verify(one)]).toEqual([1, 0]);
});

test("cachemaxsize: no more verdicts than that, beside what a worker saw last", async () => {
  const verify = await verifying({ cachemaxsize: 1 }, 3);
  expect([await verify(one), await verify(other, 1)]).toEqual([1, 1]);
  // The other one took its place; a worker that has seen neither finds one of them.
  expect([await verify(other, 2), await verify(one, 2)]).toEqual([0, 1]);
});
