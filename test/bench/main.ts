/** `npm run bench`: CPU per request in Envoy, against the bare route of the same run. */
import { build } from "../../cli/build/index.ts";
import { chain, disabled, lua, native, setHeaders, wasm } from "./filters.ts";
import { measure } from "./lab.ts";

const rounds = Number(process.env["ROUNDS"] ?? 7);
const seconds = Number(process.env["SECONDS_EACH"] ?? 3);
const { wasm: module } = await build(["policies/set-headers"]);
const one = { name: "set-headers", params: setHeaders("x-a", "x-b") };
const engine = wasm("engine", module, "sluice.gateway", null);
const figures = await measure(
  [
    { name: "bare Envoy", filters: [] },
    { name: "route without policies", filters: [engine], perFilter: disabled("wasm-engine") },
    { name: "Envoy's header filter", filters: [native] },
    { name: "Lua", filters: [lua] },
    {
      name: "single-policy module",
      filters: [wasm("single", module, "set-headers", setHeaders("x-a", "x-b"))],
    },
    { name: "chain of one", filters: [engine], metadata: chain([one]) },
    {
      name: "chain of five",
      filters: [engine],
      metadata: chain(
        [1, 2, 3, 4, 5].map((i) => ({
          name: "set-headers",
          params: setHeaders(`x-a${i}`, `x-b${i}`),
        })),
      ),
    },
  ],
  rounds,
  seconds,
);
for (const { name, micros, ratio } of figures) {
  console.log(`${name.padEnd(24)} ${micros.toFixed(1).padStart(7)} µs  ${ratio.toFixed(3)}×`);
}
