import { compileString } from "assemblyscript/asc";
import { expect, test } from "vitest";
import { simulate } from "../../host-sim/index.ts";
import { probeFilter } from "./fixtures/probe.ts";

const marker = "export function proxy_abi_version_0_2_1(): void {}";
const allocator = "export function malloc(n: usize): usize { return heap.alloc(n); }";

async function compile(source: string, options: Record<string, unknown> = {}): Promise<Uint8Array> {
  const defaults = { runtime: "stub", exportStart: "_initialize", use: ["abort="] };
  const given = Object.entries({ ...defaults, ...options }).filter(([, value]) => value !== null);
  const { binary, stderr } = await compileString(source, Object.fromEntries(given));
  if (!binary) throw new Error(stderr.toString());
  return binary;
}

const refusal = async (source: string, options?: Record<string, unknown>): Promise<string> => {
  const module = await compile(source, options);
  return simulate({ module }).then(
    () => "",
    (error: Error) => error.message,
  );
};

test("a missing import is named, with what to do", async () => {
  expect(await refusal(`${marker}${allocator}throw new Error("x");`, { use: [] })).toBe(
    "module: missing import env.abort: build with --use abort=… so that no abort is imported",
  );
});

test("a module of another ABI, or of none, is told so", async () => {
  expect(await refusal(`${allocator}export function proxy_abi_version_0_1_0(): void {}`)).toBe(
    "module: speaks proxy-wasm ABI 0.1.0; the simulator speaks 0.2.0 and 0.2.1",
  );
  expect(await refusal(allocator)).toMatch(/exports no proxy_abi_version_0_2_1/);
});

test("a start section is refused, for it ends the whole Envoy", async () => {
  const source = `${marker}${allocator}let a = heap.alloc(8); export function b(): usize { return a; }`;
  expect(await refusal(source, { exportStart: null })).toMatch(
    /^module: has a start section, .* build with --exportStart _initialize$/,
  );
});

test("a module without an allocator is refused", async () => {
  expect(await refusal(marker)).toMatch(/exports neither malloc nor proxy_on_memory_allocate/);
});

test("bytes that are no module are refused in one line", async () => {
  await expect(simulate({ module: new Uint8Array([1, 2, 3]) })).rejects.toThrow(
    /^module: not a valid wasm module/,
  );
});

test("a hostcall in the initialisation is a clear fault", async () => {
  const source = `${marker}${allocator}
@external("env", "proxy_set_tick_period_milliseconds") declare function tick(ms: u32): i32;
tick(5);`;
  expect(await refusal(source)).toMatch(
    /restricted callback: proxy_set_tick_period_milliseconds was called in _initialize/,
  );
});

test("a fault in configure, and a configuration refused, are told apart", async () => {
  const module = await probeFilter();
  await expect(simulate({ module, configuration: "cfg trap" })).rejects.toThrow(
    /^policies: the module trapped while it was configured/,
  );
  await expect(simulate({ module, configuration: "cfg ret 1" })).rejects.toThrow(
    /^policies: the module refused its configuration/,
  );
});

test("a pause that nothing can end is a hang with the filter's name", async () => {
  const gateway = await simulate({
    module: await probeFilter(),
    name: "sleepy",
    configuration: "rqh ret 1",
  });
  await expect(gateway.request({ path: "/pets" })).rejects.toThrow(
    "GET /pets hangs: sleepy paused it in request headers, and no call or timer is pending",
  );
});

test("a worker that is not there, and two ways to give modules, are refused", async () => {
  const module = await probeFilter();
  const gateway = await simulate({ module });
  expect(() => gateway.request({ path: "/", worker: 3 })).toThrow("request: there is no worker 3");
  await expect(simulate({ module, modules: [{ module }] })).rejects.toThrow(
    "setup: give either module or modules, not both",
  );
  await gateway.close();
  expect(() => gateway.request({ path: "/" })).toThrow("request: the gateway is closed");
});
