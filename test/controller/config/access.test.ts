/** Gateways elsewhere, API keys and the keys of secrets, from YAML, TOML and the environment. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { loadConfig } from "../../../controller/config/load.ts";
import { gatewayOptions } from "../../../controller/config/options.ts";
import { schema } from "../../../controller/config/schema/index.ts";
import { redacted } from "../../../controller/config/shape.ts";
import { UserError } from "../../../controller/errors.ts";
import { makeCertificate } from "../../../controller/tls/certificate.ts";

const folder = mkdtempSync(join(tmpdir(), "sluice-config-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function write(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}
const pem = makeCertificate({ commonName: "controller", names: ["controller"] });
const certificate = write("controller.pem", pem.certificate);
const key = write("controller-key.pem", pem.key);
const older = write("v1.bin", "k".repeat(32));
const newer = join(folder, "v2.bin");
const token = "token-of-the-gateway-edge-1-0123456789";

const yaml = `
controller:
  server:
    gateway_id: east
    gateway_tokens: {edge-1: ${token}}
    xds_tls: {cert_path: ${certificate}, key_path: ${key}}
  encryption:
    providers: [{type: aesgcm, keys: [{version: v2, file: ${newer}}, {version: v1, file: ${older}}]}]
api_key: {api_keys_per_user_per_api: 3, min_key_length: 40, max_key_length: 60, issuer: portal}
`;
const toml = `
[controller.server]
gateway_id = "east"
gateway_tokens = { edge-1 = "${token}" }
xds_tls = { cert_path = "${certificate}", key_path = "${key}" }
[[controller.encryption.providers]]
type = "aesgcm"
[[controller.encryption.providers.keys]]
version = "v2"
file = "${newer}"
[[controller.encryption.providers.keys]]
version = "v1"
file = "${older}"
[api_key]
api_keys_per_user_per_api = 3
min_key_length = 40
max_key_length = 60
issuer = "portal"
`;
const keys = [
  { version: "v2", file: newer },
  { version: "v1", file: older },
];
const env = {
  GATEWAY_CONTROLLER__SERVER__GATEWAY_ID: "east",
  GATEWAY_CONTROLLER__SERVER__GATEWAY_TOKENS: JSON.stringify({ "edge-1": token }),
  GATEWAY_CONTROLLER__SERVER__XDS_TLS__CERT_PATH: certificate,
  GATEWAY_CONTROLLER__SERVER__XDS_TLS__KEY_PATH: key,
  GATEWAY_CONTROLLER__ENCRYPTION__PROVIDERS: JSON.stringify([{ type: "aesgcm", keys }]),
  GATEWAY_API_KEY__API_KEYS_PER_USER_PER_API: "3",
  GATEWAY_API_KEY__MIN_KEY_LENGTH: "40",
  GATEWAY_API_KEY__MAX_KEY_LENGTH: "60",
  GATEWAY_API_KEY__ISSUER: "portal",
};

test.each([
  ["YAML", () => loadConfig({ file: write("a.yaml", yaml), env: {} })],
  ["TOML", () => loadConfig({ file: write("a.toml", toml), env: {} })],
  ["the environment", () => loadConfig({ places: [], env })],
])("%s says them all", (_, load) => {
  const { config, warnings } = load();
  expect(gatewayOptions(config)).toMatchObject({
    gatewayId: "east",
    gatewayTokens: { "edge-1": token },
    xdsTls: { certificate: pem.certificate, key: pem.key },
    secretKeys: keys,
    apiKeys: { perUser: 3, minLength: 40, maxLength: 60 },
    policyConfigurations: { apikeyauth_v1: { issuer: "portal" } },
  });
  expect(warnings).toEqual([]);
  expect(JSON.stringify(redacted(config, schema))).not.toContain(token);
});

test("without a word the key lies beside the store, and users may have ten API keys", () => {
  const options = gatewayOptions(loadConfig({ places: [], env: {} }).config);
  expect(options.secretKeys).toBeUndefined();
  expect(options.apiKeys).toEqual({ perUser: 10, minLength: 36, maxLength: 128 });
});

const server = (text: string) => `controller: {server: {${text}}}`;
const sealing = (...versions: [string, string][]) =>
  `controller: {encryption: {providers: [{keys: [${versions
    .map(([version, file]) => `{version: ${version}, file: ${file}}`)
    .join(", ")}]}]}}`;

test.each([
  [server("gateway_tokens: {a: short}"), "controller.server.gateway_tokens.a", "at least 32"],
  [server(`gateway_tokens: {a: "${token} x"}`), "controller.server.gateway_tokens.a", "ASCII"],
  [
    server(`gateway_tokens: {a: ${token}, b: ${token}}`),
    "controller.server.gateway_tokens.b",
    "expected a token of its own, found that of a",
  ],
  [server(`xds_tls: {cert_path: ${certificate}}`), "controller.server.xds_tls", "both cert_path"],
  [
    server(`xds_tls: {cert_path: ${certificate}, key_path: ${key}}`),
    "controller.server.xds_tls",
    "expected client_ca_path or gateway_tokens",
  ],
  [
    server("xds_tls: {cert_path: /none.pem, key_path: /none.key}"),
    "controller.server.xds_tls.key_path",
    "expected a file that is there, found /none.key",
  ],
  [
    sealing(["v1", older], ["v1", older]),
    "controller.encryption.providers[0].keys[1].version",
    "is there twice: v1",
  ],
  [
    sealing(["v2", newer], ["v1", "/none.bin"]),
    "controller.encryption.providers[0].keys[1].file",
    "found /none.bin",
  ],
  [
    "controller: {encryption: {providers: [{type: rot13, keys: []}]}}",
    "controller.encryption.providers[0].type",
    "expected one of aesgcm",
  ],
  [
    "controller: {encryption: {providers: [{type: aesgcm}]}}",
    "controller.encryption.providers[0].keys",
    "at least one key",
  ],
  ["api_key: {min_key_length: 90, max_key_length: 80}", "api_key.min_key_length", "found 90"],
  ["api_key: {api_keys_per_user_per_api: 0}", "api_key.api_keys_per_user_per_api", "from 1"],
])("%s is refused by the field's name", (text, field, words) => {
  let found: unknown = null;
  try {
    loadConfig({ file: write("wrong.yaml", text), env: {} });
  } catch (error) {
    found = error;
  }
  if (!(found instanceof UserError)) throw found ?? new Error("nothing was refused");
  expect(found.fields.map((fault) => fault.field)).toContain(field);
  expect(found.fields.find((fault) => fault.field === field)?.message).toContain(words);
  expect(JSON.stringify(found.fields)).not.toContain(token);
});
