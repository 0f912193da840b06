import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { main } from "assemblyscript/asc";
import { beforeAll, describe, expect, test } from "vitest";
import { simulate } from "../../host-sim/index.ts";

/** A filter on G-Core's SDK that asks a service before it lets a request go on. */
const source = `
export * from "@gcoredev/proxy-wasm-sdk-as/assembly/proxy";
import {
  BaseContext, Context, continue_request, FilterHeadersStatusValues, makeHeaderPair, registerRootContext,
  RootContext, stream_context,
} from "@gcoredev/proxy-wasm-sdk-as/assembly";

class Root extends RootContext {
  createContext(id: u32): Context { return new Ask(id, this); }
}
class Ask extends Context {
  constructor(id: u32, root: Root) { super(id, root); }
  onRequestHeaders(count: u32, end: bool): FilterHeadersStatusValues {
    stream_context.headers.request.add("x-gcore", "1");
    if (stream_context.headers.request.get(":path") != "/ask") return FilterHeadersStatusValues.Continue;
    const headers = [
      makeHeaderPair(":method", "GET"), makeHeaderPair(":path", "/"), makeHeaderPair(":authority", "x"),
    ];
    this.root_context.httpCall(
      "service", headers, new ArrayBuffer(0), [], 500, this,
      (context: BaseContext, headers: u32, size: usize, trailers: u32) => {
        stream_context.headers.request.replace("x-gcore", "2");
        continue_request();
      });
    return FilterHeadersStatusValues.StopIteration;
  }
}
registerRootContext((id: u32) => { return new Root(id); }, "gcore");
`;

let module: Uint8Array;

beforeAll(async () => {
  const folder =
    (await mkdir("build", { recursive: true }), await mkdtemp(join("build", "gcore-")));
  try {
    await writeFile(join(folder, "filter.ts"), source);
    const out = join(folder, "filter.wasm");
    const { error, stderr } = await main([
      join(folder, "filter.ts"),
      ...["-o", out, "-O", "--runtime", "incremental", "--exportStart", "_initialize"],
      ...["--use", "abort=abort_proc_exit"],
      ...["--config", "node_modules/@assemblyscript/wasi-shim/asconfig.json"],
    ]);
    if (error) throw new Error(stderr.toString());
    module = await readFile(out);
  } finally {
    await rm(folder, { recursive: true });
  }
});

describe("a module of another SDK", () => {
  const gcore = () =>
    simulate({ module, rootId: "gcore", clusters: { service: { delayMs: 20 } }, upstream: {} });

  test("serves requests and waits for its call", async () => {
    const gateway = await gcore();
    const seen = async (path: string) =>
      Object.fromEntries((await gateway.request({ path })).upstream!.headers)["x-gcore"];
    expect(await seen("/")).toBe("1");
    expect(await seen("/ask")).toBe("2");
  });

  test("dies, as in Envoy, when a client hangs up during its call", async () => {
    const gateway = await gcore();
    await gateway.request({ path: "/ask", disconnect: { afterMs: 5 } });
    gateway.clock.advance(100);
    const dead = gateway.logs.find(({ message }) => message.includes("its VM is dead"));
    expect(dead).toMatchObject({ filter: "policies" });
    expect((await gateway.request({ path: "/" })).status).toBe(200);
    expect(gateway.metrics()["wasm.policies.vm_reload_success"]).toBe(1);
  });

  test("dies, as in Envoy, after an update of its configuration", async () => {
    const gateway = await gcore();
    await gateway.request({ path: "/" });
    await gateway.reconfigure("another");
    expect(gateway.logs.some(({ message }) => message.includes("its VM is dead"))).toBe(true);
  });
});
