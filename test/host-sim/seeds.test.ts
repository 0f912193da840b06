/** The same seed gives the same run, to the last byte; another one gives another. */
import { expect, test } from "vitest";
import { simulate } from "../../host-sim/index.ts";
import { compileString } from "assemblyscript/asc";
import { build } from "../../cli/build/index.ts";

async function drawing(): Promise<Uint8Array> {
  const { binary, stderr } = await compileString(
    `@external("wasi_snapshot_preview1", "random_get") declare function random(at: usize, size: usize): i32;
@external("env", "proxy_log") declare function log(level: i32, at: usize, size: usize): i32;
const drawn = memory.data(8);
export function proxy_abi_version_0_2_1(): void {}
export function malloc(size: usize): usize { return heap.alloc(size); }
export function proxy_on_request_headers(id: u32, count: i32, end: i32): i32 {
  random(drawn, 8);
  for (let i = 0; i < 8; i++) store<u8>(drawn + i, 97 + load<u8>(drawn + i) % 26);
  log(2, drawn, 8);
  return 0;
}`,
    { runtime: "stub", exportStart: "_initialize", use: ["abort="] },
  );
  if (!binary) throw new Error(stderr.toString());
  return binary;
}

test("what modules draw, and request ids, come from the seed", async () => {
  const module = await drawing();
  const run = async (seed: number): Promise<string[]> => {
    const gateway = await simulate({ module, seed, workers: 2 });
    const seen: string[] = [];
    for (let i = 0; i < 4; i++) {
      const { logs, upstream } = await gateway.request({ path: "/" });
      seen.push(...logs.map(({ message }) => message));
      seen.push(...upstream!.headers.filter(([name]) => name === "x-request-id").flat());
    }
    await gateway.close();
    return seen;
  };
  const first = await run(7);
  expect(new Set(first).size).toBeGreaterThan(8);
  expect(await run(7)).toEqual(first);
  expect(await run(8)).not.toEqual(first);
});

test("so does a whole run of a policy that draws lots", async () => {
  const { wasm } = await build(["policies/fault-injection"]);
  const run = async (seed: number): Promise<number[]> => {
    const params = { abort: { percentage: 50, status: 503 } };
    const chain = { policies: [{ name: "fault-injection", version: "v1", params }] };
    const gateway = await simulate({ module: wasm, seed, chain });
    const statuses: number[] = [];
    for (let i = 0; i < 40; i++) statuses.push((await gateway.request({ path: "/" })).status);
    await gateway.close();
    return statuses;
  };
  const first = await run(3);
  expect(new Set(first)).toEqual(new Set([200, 503]));
  expect(await run(3)).toEqual(first);
  expect(await run(4)).not.toEqual(first);
});
