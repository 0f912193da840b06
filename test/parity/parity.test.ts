import { afterAll, expect, test } from "vitest";
import { compareAll } from "./compare.ts";
import { generate } from "./generate.ts";
import { envoyHost, simulatorHost } from "./hosts.ts";
import { parityModule } from "./module.ts";
import type { Host } from "./scenario.ts";

const open: Host[] = [];
afterAll(() => Promise.all(open.map((host) => host.close())));

test("500 generated scenarios look the same from outside in the simulator and in Envoy", async () => {
  const module = await parityModule();
  const { chains, scenarios } = generate(1, 500);
  const [simulator, envoy] = await Promise.all([
    simulatorHost(module, chains),
    envoyHost(module, chains),
  ]);
  open.push(simulator, envoy);
  const found = await compareAll({ envoy, simulator }, scenarios);
  expect(found.map(({ index, lines }) => `scenario ${index}: ${lines.join("; ")}`)).toEqual([]);
});
