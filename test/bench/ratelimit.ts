/** `npm run bench:ratelimit`: what a local rate limit costs, with and without its headers, against bare Envoy. */
import { build } from "../../cli/build/index.ts";
import { chain, wasm } from "./filters.ts";
import { measure } from "./lab.ts";

const rounds = Number(process.env["ROUNDS"] ?? 7);
const seconds = Number(process.env["SECONDS_EACH"] ?? 3);
const built = await build(
  ["basic-ratelimit", "advanced-ratelimit", "set-headers"].map((name) => `policies/${name}`),
);
const engine = wasm("engine", built.wasm, "sluice.gateway", null);
const plenty = 1_000_000_000;
const silent = { include_x_rate_limit: false, include_ietf: false, include_retry_after: false };
const basic = { limits: [{ requests: plenty, duration: "1h" }] };
const quota = (name: string, more: object = {}) => ({
  name,
  limits: [{ limit: plenty, duration: "1h" }],
  ...more,
});
const contestant = (name: string, policy: string, params: object) => ({
  name,
  filters: [engine],
  metadata: chain([{ name: policy, params }]),
});
const figures = await measure(
  [
    { name: "bare Envoy", filters: [] },
    contestant("set-headers", "set-headers", {
      response: { headers: [{ name: "x-b", value: "2" }] },
    }),
    contestant("basic, all headers", "basic-ratelimit", basic),
    contestant("basic, x-ratelimit", "basic-ratelimit", {
      ...basic,
      headers: { ...silent, include_x_rate_limit: true },
    }),
    contestant("basic, no headers", "basic-ratelimit", { ...basic, headers: silent }),
    contestant("by header", "advanced-ratelimit", {
      quotas: [quota("a", { keyExtraction: [{ type: "header", key: "x-api-key" }] })],
    }),
    contestant("token bucket", "advanced-ratelimit", {
      quotas: [quota("a", { algorithm: "token-bucket" })],
    }),
    contestant("three quotas", "advanced-ratelimit", {
      quotas: [quota("a"), quota("b"), quota("c")],
    }),
  ],
  rounds,
  seconds,
);
for (const { name, micros, ratio } of figures) {
  console.log(`${name.padEnd(26)} ${micros.toFixed(1).padStart(7)} µs  ${ratio.toFixed(3)}×`);
}
