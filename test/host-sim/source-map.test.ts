import { main } from "assemblyscript/asc";
import { expect, test } from "vitest";
import { simulate } from "../../host-sim/index.ts";
import { SourceMap } from "../../host-sim/module/source-map.ts";

const source = `export function proxy_abi_version_0_2_1(): void {}
export function malloc(size: usize): usize { return heap.alloc(size); }
function divide(by: i32): i32 {
  return 7 / by;
}
export function proxy_on_request_headers(id: u32, count: i32, end: i32): i32 {
  return divide(end - 1);
}
`;

async function compile(): Promise<{ bytes: Uint8Array; map: string }> {
  const files = new Map<string, string | Uint8Array>([["filter.ts", source]]);
  const { error, stderr } = await main(
    ["filter.ts", "-o", "filter.wasm", "--sourceMap", "--debug", ...options],
    {
      readFile: (name) => (files.get(name) as string | undefined) ?? null,
      writeFile: (name, contents) => void files.set(name, contents),
      listFiles: () => [],
    },
  );
  if (error) throw new Error(stderr.toString());
  const map = files.get("filter.wasm.map") as string;
  return { bytes: files.get("filter.wasm") as Uint8Array, map };
}

const options = ["--runtime", "stub", "--exportStart", "_initialize", "--use", "abort="];

test("a trap is logged with the AssemblyScript line it came from", async () => {
  const gateway = await simulate({ module: await compile() });
  const { status, logs } = await gateway.request({ path: "/" });
  expect(status).toBe(503);
  const trap = logs.find(({ message }) => message.includes("its VM is dead"))!;
  expect(trap.message).toMatch(/divide by zero[^]*0x[0-9a-f]+ \(\S*:4:\d+\)[^]*\(\S*:7:\d+\)/);
});

test("an offset before the first mapping has no place", async () => {
  const { map } = await compile();
  expect(new SourceMap(map).locate(0)).toBeNull();
  expect(new SourceMap('{"sources":[],"mappings":""}').locate(9)).toBeNull();
});

test("offsets in a log line are resolved too", async () => {
  const { map } = await compile();
  const resolved = new SourceMap(map);
  const offset = Array.from({ length: 400 }, (_, at) => at).find(
    (at) => resolved.locate(at)?.line === 4,
  )!;
  expect(resolved.annotate(`at 0x${offset.toString(16)}: here`)).toMatch(
    /^at 0x\w+ \(.*:4:\d+\): here/,
  );
});
