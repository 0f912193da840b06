/** `npm run bench`: CPU per request in Envoy, against the bare route of the same run. */
import { build } from "../../cli/build/index.ts";
import { foreignFilter, goFilter, rustFilter } from "../foreign/modules.ts";
import { chain, disabled, lua, native, setHeaders, wasm } from "./filters.ts";
import { measure } from "./lab.ts";
import { unhardened } from "./unhardened.ts";

const rounds = Number(process.env["ROUNDS"] ?? 7);
const seconds = Number(process.env["SECONDS_EACH"] ?? 3);
const folder = "policies/set-headers";
const { wasm: module } = await build([folder]);
const params = setHeaders("x-a", "x-b");
const five = [1, 2, 3, 4, 5].map((i) => ({
  name: "set-headers",
  params: setHeaders(`x-a${i}`, `x-b${i}`),
}));
const engine = wasm("engine", module, "sluice.gateway", null);
const bare = wasm("unhardened", await unhardened(folder), "sluice.gateway", null);
const figures = await measure(
  [
    { name: "bare Envoy", filters: [] },
    { name: "route without policies", filters: [engine], perFilter: disabled("wasm-engine") },
    { name: "Envoy's header filter", filters: [native] },
    { name: "Lua", filters: [lua] },
    { name: "Rust SDK", filters: [wasm("rust", await rustFilter(), "two", null)] },
    { name: "Go, no SDK", filters: [wasm("go", await goFilter(), "two", null)] },
    { name: "G-Core SDK", filters: [wasm("gcore", await foreignFilter(), "two", {})] },
    { name: "single-policy module", filters: [wasm("single", module, "set-headers", params)] },
    {
      name: "chain of one",
      filters: [engine],
      metadata: chain([{ name: "set-headers", params }]),
    },
    { name: "chain of five", filters: [engine], metadata: chain(five) },
    { name: "chain of five, unmetered", filters: [bare], metadata: chain(five) },
  ],
  rounds,
  seconds,
);
for (const { name, micros, ratio } of figures) {
  console.log(`${name.padEnd(26)} ${micros.toFixed(1).padStart(7)} µs  ${ratio.toFixed(3)}×`);
}
