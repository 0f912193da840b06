import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { harden } from "../../cli/build/harden/index.ts";
import { parse } from "../../cli/build/wasm/module.ts";
import { simulate } from "../../host-sim/index.ts";
import { envoyRunner } from "../runners/envoy.ts";
import { foreignFilter } from "./modules.ts";

const envoy = envoyRunner();
let plain: Uint8Array;
let safe: Uint8Array;

beforeAll(async () => {
  plain = await foreignFilter();
  safe = harden(parse(plain)).bytes;
});

afterAll(() => envoy.close());

const modules = { "as it is": () => plain, hardened: () => safe };

describe.each(Object.entries(modules))("a module of a foreign SDK, %s", (_, module) => {
  test("runs in Envoy", async () => {
    const gateway = await envoy.load({ module: module(), rootId: "two", configuration: "x" });
    const answer = await gateway.request({ path: "/" });
    expect(Object.fromEntries(answer.headers)["x-b"]).toBe("2");
    expect(Object.fromEntries(answer.upstream!.headers)["x-a"]).toBe("1");
  });

  test("runs in the simulator", async () => {
    const gateway = await simulate({ module: module(), rootId: "two", configuration: "x" });
    const answer = await gateway.request({ path: "/" });
    expect(Object.fromEntries(answer.headers)["x-b"]).toBe("2");
    expect(Object.fromEntries(answer.upstream!.headers)["x-a"]).toBe("1");
    await gateway.close();
  });
});

describe("a foreign module that was hardened", () => {
  test.each(["loop", "assert"])("pays for a fault with one request: %s", async (fault) => {
    const gateway = await envoy.load({ module: safe, rootId: "two", configuration: "x" });
    const answer = await gateway.request({ path: "/", headers: { "x-fault": fault } });
    expect(answer.status).toBe(500);
    expect(answer.upstream).toBeNull();
    const next = await gateway.request({ path: "/" });
    expect(Object.fromEntries(next.headers)["x-b"]).toBe("2");
  });
});
