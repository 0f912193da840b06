/** `npm run bench:jwt`: what verifying a token costs, against Envoy's own filter for it. */
import { build } from "../../cli/build/index.ts";
import { allKeys, bearer, ec, issuer, token } from "../../policies/jwt-auth/cases/tokens.ts";
import { chain, wasm } from "./filters.ts";
import { measure } from "./lab.ts";
import { usualClaims } from "./usual-claims.ts";

const rounds = Number(process.env["ROUNDS"] ?? 7);
const seconds = Number(process.env["SECONDS_EACH"] ?? 3);
const { wasm: module } = await build(["policies/jwt-auth"]);

const rs256 = bearer(token({ payload: usualClaims }));
const es256 = bearer(
  token({ payload: usualClaims, alg: "ES256", key: ec.privateKey, header: { kid: "ec" } }),
);

const local = (more: object): object => ({
  keymanagers: [{ name: "main", issuer, jwks: { local: { inline: allKeys } } }],
  ...more,
});
const policy = (more: object): object => chain([{ name: "jwt-auth", params: local(more) }]);

const native = {
  name: "native",
  typed_config: {
    "@type": "type.googleapis.com/envoy.extensions.filters.http.jwt_authn.v3.JwtAuthentication",
    providers: {
      main: { issuer, forward: true, local_jwks: { inline_string: allKeys } },
    },
    rules: [{ match: { prefix: "/" }, requires: { provider_name: "main" } }],
  },
};

const engine = wasm("engine", module, "sluice.gateway", null);
const ours = (name: string, headers: Record<string, string>, more: object = {}) => ({
  name,
  filters: [engine],
  headers,
  metadata: policy(more),
});
const figures = await measure(
  [
    { name: "bare Envoy", filters: [], headers: rs256 },
    { name: "Envoy's jwt_authn, RS256", filters: [native], headers: rs256 },
    ours("RS256, verdict cached", rs256),
    ours("RS256, uncached", rs256, { tokencaching: false }),
    { name: "Envoy's jwt_authn, ES256", filters: [native], headers: es256 },
    ours("ES256, verdict cached", es256),
    ours("ES256, uncached", es256, { tokencaching: false }),
  ],
  rounds,
  seconds,
);
console.log(`a token of ${rs256["authorization"]?.length} letters`);
for (const { name, micros, ratio } of figures) {
  console.log(`${name.padEnd(26)} ${micros.toFixed(1).padStart(7)} µs  ${ratio.toFixed(3)}×`);
}
