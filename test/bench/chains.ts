/**
 * `npm run bench:chains`: what the usual chains cost against bare Envoy, which gets the same headers. `ONLY=jwt` or
 * `ONLY=key` runs one half.
 */
import { createHash } from "node:crypto";
import { build } from "../../cli/build/index.ts";
import { allKeys, bearer, ec, issuer, token } from "../../policies/jwt-auth/cases/tokens.ts";
import { chain, wasm } from "./filters.ts";
import { measure, type Contestant } from "./lab.ts";
import { usualClaims } from "./usual-claims.ts";

const rounds = Number(process.env["ROUNDS"] ?? 7);
const seconds = Number(process.env["SECONDS_EACH"] ?? 3);
const names = ["jwt-auth", "api-key-auth", "basic-ratelimit", "set-headers", "remove-headers"];
const { wasm: module } = await build(names.map((name) => `policies/${name}`));
const engine = wasm("engine", module, "sluice.gateway", null);

const key = {
  name: "api-key-auth",
  params: {
    key: "x-api-key",
    keys: [{ name: "bench", sha256: createHash("sha256").update("k").digest("hex") }],
  },
};
const jwt = {
  name: "jwt-auth",
  params: { keymanagers: [{ name: "main", issuer, jwks: { local: { inline: allKeys } } }] },
};
const limit = { name: "basic-ratelimit", params: { limits: [{ requests: 1e9, duration: "1h" }] } };
const headers = [
  {
    name: "set-headers",
    params: {
      request: { headers: [{ name: "x-a", value: "1" }] },
      response: { headers: [{ name: "x-b", value: "2" }] },
    },
  },
  {
    name: "remove-headers",
    params: {
      request: { headers: [{ name: "x-c" }] },
      response: { headers: [{ name: "server" }] },
    },
  },
];

const policies = (sent: Record<string, string>, rows: [string, object[]][]): Contestant[] => [
  { name: "bare Envoy", filters: [], headers: sent },
  ...rows.map(([name, all]) => ({
    ...{ name, filters: [engine], headers: sent },
    metadata: chain(all as never),
  })),
];
const rs256 = bearer(token({ payload: usualClaims }));
const es256 = bearer(
  token({ payload: usualClaims, alg: "ES256", key: ec.privateKey, header: { kid: "ec" } }),
);

const halves: Record<string, Contestant[]> = {
  key: policies({}, [
    ["an API key", [key]],
    ["a local rate limit", [limit]],
    ["key, limit, two header policies", [key, limit, ...headers]],
  ]),
  jwt: [
    ...policies(rs256, [
      ["JWT, RS256, verdict cached", [jwt]],
      ["JWT, limit, two header policies", [jwt, limit, ...headers]],
    ]),
    { ...policies(es256, [["JWT, ES256, verdict cached", [jwt]]])[1]! },
  ],
};
for (const [half, contestants] of Object.entries(halves)) {
  if (process.env["ONLY"] && process.env["ONLY"] !== half) continue;
  for (const { name, micros, ratio } of await measure(contestants, rounds, seconds))
    console.log(`${name.padEnd(34)} ${micros.toFixed(1).padStart(7)} µs  ${ratio.toFixed(3)}×`);
}
