/** A policy cannot end a header line, wherever in the value it tries. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { build } from "../../cli/build/index.ts";
import { simulate, type Gateway } from "../../host-sim/index.ts";

let gateway: Gateway;
beforeAll(async () => {
  gateway = await simulate({ module: (await build(["test/engine/scribe"])).wasm });
});
afterAll(() => gateway.close());

const places = Array.from({ length: 19 }, (_, at) => at);

/** What the policy says of writing it, and what the upstream got. */
async function write(value: string): Promise<(string | undefined)[]> {
  const { upstream } = await gateway.request({ path: `/?v=${encodeURIComponent(value)}` });
  const found = new Map(upstream?.headers);
  return [found.get("x-written"), found.get("x-out")];
}

test.each(["\0", "\r", "\n"])("%j in a value is refused at each place", async (unit) => {
  for (const at of places) {
    const value = `${"a".repeat(at)}${unit}${"b".repeat(18 - at)}`;
    expect(await write(value)).toEqual(["no", undefined]);
  }
});

test.each(["\u0001", "\t", "\u000b", "\u000e", "\u008a", "\u010a"])("%j is not", async (unit) => {
  const value = `aaaa${unit}bbbbbbbb`;
  expect((await write(value))[0]).toBe("yes");
});
