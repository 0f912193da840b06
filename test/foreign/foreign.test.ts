import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { harden } from "../../cli/build/harden/index.ts";
import { parse } from "../../cli/build/wasm/module.ts";
import { eventually } from "../eventually.ts";
import { simulate } from "../../host-sim/index.ts";
import { envoyRunner } from "../runners/envoy.ts";
import { foreignFilter, goFilter, rustFilter } from "./modules.ts";

const envoy = envoyRunner();
const modules = new Map<string, Uint8Array>();

beforeAll(async () => {
  modules.set("AssemblyScript", await foreignFilter());
  modules.set("Rust", await rustFilter());
  modules.set("Go", await goFilter());
  for (const [name, bytes] of [...modules]) {
    modules.set(`${name}, hardened`, harden(parse(bytes)).bytes);
  }
  const interruptible = parse(modules.get("AssemblyScript")!);
  modules.set("AssemblyScript, caught", harden(interruptible, { faults: "catch" }).bytes);
});

afterAll(() => envoy.close());

const names = [
  "AssemblyScript",
  "Rust",
  "Go",
  "AssemblyScript, hardened",
  "AssemblyScript, caught",
  "Rust, hardened",
];

describe.each(names)("a module of a foreign SDK: %s", (name) => {
  const setup = () => ({ module: modules.get(name)!, rootId: "two", configuration: "x" });

  test("runs in Envoy", async () => {
    const gateway = await envoy.load(setup());
    const answer = await gateway.request({ path: "/" });
    expect(Object.fromEntries(answer.headers)["x-b"]).toBe("2");
    expect(Object.fromEntries(answer.upstream!.headers)["x-a"]).toBe("1");
  });

  test("runs in the simulator", async () => {
    const gateway = await simulate(setup());
    const answer = await gateway.request({ path: "/" });
    expect(Object.fromEntries(answer.headers)["x-b"]).toBe("2");
    expect(Object.fromEntries(answer.upstream!.headers)["x-a"]).toBe("1");
    await gateway.close();
  });
});

describe.each([
  ["AssemblyScript, hardened", 503],
  ["AssemblyScript, caught", 500],
  ["Rust, hardened", 503],
] as const)("a fault in %s", (name, status) => {
  test.each(["loop", "assert"])(
    "ends its request, and the next ones are served: %s",
    async (fault) => {
      const module = modules.get(name)!;
      const gateway = await envoy.load({ module, rootId: "two", configuration: "x" });
      const answer = await gateway.request({ path: "/", headers: { "x-fault": fault } });
      expect(answer.status).toBe(status);
      expect(answer.upstream).toBeNull();
      await eventually(async () => {
        const next = await gateway.request({ path: "/" });
        if (next.status !== 200) throw new Error(`answered ${next.status}`);
        expect(Object.fromEntries(next.headers)["x-b"]).toBe("2");
      });
    },
  );
});
