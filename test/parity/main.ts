/** `npm run parity -- --seed N --count M`: compares both hosts and prints each difference at its smallest. */
import { parseArgs } from "node:util";
import { compare, compareAll } from "./compare.ts";
import { generateRaw } from "./generate-raw.ts";
import { generate } from "./generate.ts";
import { envoyHost, simulatorHost } from "./hosts.ts";
import { keep } from "./kept.ts";
import { parityModule } from "./module.ts";
import { probeFilter } from "../host-sim/fixtures/probe.ts";
import { shrink } from "./shrink.ts";

const { values } = parseArgs({
  options: {
    seed: { type: "string", default: "1" },
    count: { type: "string", default: "500" },
    /** A bare module that makes any hostcall in any phase, in place of chains of policies. */
    raw: { type: "boolean", default: false },
    /** Writes each difference to test/parity/kept, where the tests compare it from then on. */
    keep: { type: "boolean", default: false },
    show: { type: "string", default: "10" },
  },
});

const module = await (values.raw ? probeFilter() : parityModule());
const make = values.raw ? generateRaw : generate;
/** New chains come with every batch. */
const batch = 500;
const total = Number(values.count);
let differing = 0;
for (let done = 0; done < total; done += batch) {
  const { chains, scenarios } = make(Number(values.seed) + done, Math.min(batch, total - done));
  const hosts = {
    envoy: await envoyHost(module, chains),
    simulator: await simulatorHost(module, chains),
  };
  const started = performance.now();
  const found = await compareAll(hosts, scenarios);
  const seconds = (performance.now() - started) / 1000;
  console.log(
    `seed ${Number(values.seed) + done}: ${scenarios.length} scenarios in ${seconds.toFixed(1)} s, ${found.length} differ`,
  );
  for (const one of found.slice(0, Math.max(0, Number(values.show) - differing))) {
    const small = await shrink(
      one.scenario,
      async (other) => (await compare(hosts, other)).lines.length > 0,
    );
    const { lines } = await compare(hosts, small);
    const chain = chains?.[small.chain];
    if (values.keep && lines.length)
      console.log(await keep({ raw: values.raw, ...(chain && { chain }), scenario: small }));
    console.log(JSON.stringify({ ...small, policies: chains?.[small.chain]?.policies }));
    console.log(
      `  ${(lines.length ? lines : ["does not differ again", ...one.lines]).join("\n  ")}`,
    );
  }
  differing += found.length;
  await hosts.simulator.close();
  await hosts.envoy.close();
}
process.exitCode = differing ? 1 : 0;
