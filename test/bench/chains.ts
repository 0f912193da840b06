/**
 * `npm run bench:chains`: what the usual chains cost against bare Envoy, which gets the same headers. `ONLY=jwt` or
 * `ONLY=key` runs one half.
 */
import { build } from "../../cli/build/index.ts";
import { chain, wasm } from "./filters.ts";
import { measure, type Contestant } from "./lab.ts";
import { usualChains, usualPolicies } from "./usual-chains.ts";

const rounds = Number(process.env["ROUNDS"] ?? 7);
const seconds = Number(process.env["SECONDS_EACH"] ?? 3);
const { wasm: module } = await build(usualPolicies.map((name) => `policies/${name}`));
const engine = wasm("engine", module, "sluice.gateway", null);

for (const half of ["key", "jwt"]) {
  if (process.env["ONLY"] && process.env["ONLY"] !== half) continue;
  const chains = usualChains.filter((one) => one.half === half);
  const contestants: Contestant[] = [
    { name: "bare Envoy", filters: [], headers: chains[0]!.headers },
    ...chains.map(({ name, policies, headers }) => ({
      ...{ name, filters: [engine], headers, metadata: chain(policies) },
    })),
  ];
  for (const { name, micros, ratio } of await measure(contestants, rounds, seconds))
    console.log(`${name.padEnd(34)} ${micros.toFixed(1).padStart(7)} µs  ${ratio.toFixed(3)}×`);
}
