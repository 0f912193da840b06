import { afterAll, describe, expect, test } from "vitest";
import type { Chain } from "../../host-sim/index.ts";
import { probeFilter } from "../host-sim/fixtures/probe.ts";
import { compare, compareAll, type Hosts } from "./compare.ts";
import { generateRaw } from "./generate-raw.ts";
import { generate } from "./generate.ts";
import { envoyHost, simulatorHost } from "./hosts.ts";
import { readKept } from "./kept.ts";
import { parityModule } from "./module.ts";
import type { Host } from "./scenario.ts";

const open: Host[] = [];
afterAll(() => Promise.all(open.map((host) => host.close())));

async function hosts(module: Uint8Array, chains: Chain[] | null): Promise<Hosts> {
  const [simulator, envoy] = await Promise.all([
    simulatorHost(module, chains),
    envoyHost(module, chains),
  ]);
  open.push(simulator, envoy);
  return { simulator, envoy };
}

test("500 generated scenarios look the same from outside in the simulator and in Envoy", async () => {
  const { chains, scenarios } = generate(1, 500);
  const found = await compareAll(await hosts(await parityModule(), chains), scenarios);
  expect(found.map(({ index, lines }) => `scenario ${index}: ${lines.join("; ")}`)).toEqual([]);
});

test("500 scenarios of a bare module, any hostcall in any phase, look the same", async () => {
  const { scenarios } = generateRaw(1, 500);
  const found = await compareAll(await hosts(await probeFilter(), null), scenarios);
  expect(found.map(({ index, lines }) => `scenario ${index}: ${lines.join("; ")}`)).toEqual([]);
});

describe("what differed once", async () => {
  const kept = await readKept();
  const chains = kept.flatMap(({ chain }) => (chain ? [chain] : []));
  let bare: Promise<Hosts> | undefined;
  let chained: Promise<Hosts> | undefined;
  test.each(kept)("does so no more: $name", async ({ raw, chain, scenario }) => {
    const both = raw
      ? await (bare ??= probeFilter().then((module) => hosts(module, null)))
      : await (chained ??= parityModule().then((module) => hosts(module, chains)));
    const at = chain ? chains.indexOf(chain) : 0;
    expect((await compare(both, { ...scenario, chain: at })).lines).toEqual([]);
  });
});
