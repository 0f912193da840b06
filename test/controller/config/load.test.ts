import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { loadConfig, type LoadedConfig } from "../../../controller/config/load.ts";
import { gatewayOptions } from "../../../controller/config/options.ts";
import { schema } from "../../../controller/config/schema/index.ts";
import { redacted } from "../../../controller/config/shape.ts";
import { UserError } from "../../../controller/errors.ts";

const folder = mkdtempSync(join(tmpdir(), "sluice-config-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const file = (text: string, name = "gateway.yaml"): string => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};

const load = (text: string, env: Record<string, string> = {}, name?: string): LoadedConfig =>
  loadConfig({ file: file(text, name), env });

/** The faults, by path. */
function faults(
  text: string,
  env: Record<string, string> = {},
  name?: string,
): Record<string, string> {
  try {
    load(text, env, name);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return Object.fromEntries(error.fields.map(({ field, message }) => [field, message]));
  }
  return {};
}

describe("what is not said", () => {
  test("has a default, without any file", () => {
    const { config, file } = loadConfig({ env: {}, places: [] });
    expect(file).toBeNull();
    expect(config.router.listener_port).toBe(8080);
    expect(config.controller.server.host).toBe("127.0.0.1");
    expect(gatewayOptions(config).ports).toMatchObject({
      management: 9090,
      http: 8080,
      https: 8443,
    });
  });

  test("is looked for in the places, in their order", () => {
    const [first, second] = [file("server: {http_port: 1}", "a.yaml"), file("", "b.yaml")];
    expect(loadConfig({ env: {}, places: [join(folder, "none"), first, second] }).file).toBe(first);
  });

  test("is the default of an empty section and of an empty file", () => {
    expect(load("router:\ncontroller:\n  server:\n").config.router.listener_port).toBe(8080);
    expect(load("").config.router.https_port).toBe(8443);
  });
});

describe("a wrong file", () => {
  test("is refused with every path, what was expected and what was found", () => {
    expect(
      faults(`
router: {lisener_port: 80, https_port: 70000, access_logs: {enabled: maybe}}
controller:
  storage: {type: memory}
  server: {shutdown_timeout: 15}
services: {a: {}}
`),
    ).toEqual({
      "router.lisener_port": "is not a key; did you mean listener_port?",
      "router.https_port": "expected a port from 0 to 65535, found 70000",
      "router.access_logs.enabled": 'expected true or false, found "maybe"',
      "controller.storage.type": 'expected one of sqlite, postgres, found "memory"',
      "controller.server.shutdown_timeout":
        'expected a duration such as 500ms, 30s or 5m, found "15"',
      "services.a.url": "is required",
    });
  });

  test.each([
    ["routes: [{path: /a, service: b}]", "routes[0].service"],
    ["services: {b: {url: 'ftp://b'}}", "services.b.url"],
    ["router: {listener_port: 9090}", "router.listener_port"],
    ["router: {downstream_tls: {cert_path: /none.pem}}", "router.downstream_tls"],
    ["tls: {cipher_suites: [TLS_RSA_WITH_RC4_128_SHA]}", "router.downstream_tls.cipher_suites[0]"],
    ["controller: {auth: {basic: {users: [{username: a}]}}}", "controller.auth.basic.users[0]"],
    ["controller: {server: {allowed_ips: [10.0.0.0/99]}}", "controller.server.allowed_ips[0]"],
    [
      "controller: {auth: {idp: {enabled: true, jwks_url: 'http://idp.example/keys'}}}",
      "controller.auth.idp.jwks_url",
    ],
    ["__proto__: {a: 1}", "__proto__"],
    ["server: {admin_token: short}", "server.admin_token"],
    ["authentication: {jwt: {issuer: a}}", "authentication.jwt"],
    ["authentication: {api_key: {header: X-Key}}", "authentication.api_key.keys"],
    [
      "services: {s: {url: 'http://s'}}\nroutes: [{path: /a-b, service: s}, {path: /a/b, service: s}]",
      "routes[1].id",
    ],
    ["rate_limiting: {per_endpoint: {/a: 1/hour}}", "rate_limiting.per_endpoint./a"],
  ])("is refused where its keys do not go together: %s", (text, field) => {
    expect(Object.keys(faults(text))).toContain(field);
  });

  test("is refused when it cannot be read at all", () => {
    expect(() => load("a: [")).toThrow(UserError);
    expect(() => load("a = [", {}, "broken.toml")).toThrow(UserError);
    expect(() => load("- a list")).toThrow("expected a configuration with sections");
    expect(() => loadConfig({ file: join(folder, "absent.yaml"), env: {} })).toThrow("ENOENT");
  });

  test("never shows the value of a secret in a message", () => {
    const text = "authentication: {api_key: {keys: [{name: a, key: hunter2}]}}";
    const message = faults(text)["authentication.api_key.keys[0].key"];
    expect(message).toBe("expected a key of at least 16 characters, found another value");
  });
});

describe("a TOML file", () => {
  test("means the same as YAML, with numbers and flags as texts too", () => {
    const { config, warnings } = load(
      `immutable_gateway = true
[controller.server]
api_port = "9191"
[controller.metrics]
enabled = "true"
[controller.event_hub]
poll_interval = "3s"
[[controller.auth.basic.users]]
username = "ada"
password = "a password"
roles = ["developer"]
[policy_configurations.ratelimit_v1]
algorithm = "gcra"`,
      {},
      "config.toml",
    );
    expect(config.controller.server.api_port).toBe(9191);
    expect(config.controller.metrics.enabled).toBe(true);
    expect(config.immutable_gateway?.enabled).toBe(true);
    expect(gatewayOptions(config).policyConfigurations).toMatchObject({
      ratelimit_v1: { algorithm: "gcra" },
    });
    expect(warnings).toEqual([
      "controller.event_hub has no effect: controllers tell each other at once",
    ]);
  });
});

describe("a token", () => {
  test("takes the environment, a fallback, or a file from an allowed folder", () => {
    writeFileSync(join(folder, "password"), "a-token-from-a-file\n");
    const { config } = load(
      `controller:
  storage: {connection: '{{ env "DB" }}'}
  server: {api_port: '{{ env "PORT" "9292" }}'}
server: {admin_token: '{{ file "${join(folder, "password")}" }}'}`,
      { DB: "a.db", APIP_CONFIG_FILE_SOURCE_ALLOWLIST: `/none,${folder}` },
    );
    expect(config.controller.storage.connection).toBe("a.db");
    expect(config.controller.server.api_port).toBe(9292);
    expect(config.server.admin_token).toBe("a-token-from-a-file");
  });

  test("stops the start when its variable is unset or empty", () => {
    const text = `server: {admin_token: '{{ env "TOKEN" }}'}`;
    for (const env of [{}, { TOKEN: "" }])
      expect(faults(text, env as Record<string, string>)).toEqual({
        "server.admin_token": "expected the environment variable TOKEN, which is unset or empty",
      });
  });

  test.each([
    ["a file outside of the allowed folders", "/etc/hostname"],
    ["a path that leads out", "FOLDER/../../etc/hostname"],
    ["a link that leads out", "FOLDER/link"],
    ["a relative path", "password"],
    ["a file that is not there", "FOLDER/absent"],
  ])("stops the start for %s", (_, path) => {
    const allowed = mkdtempSync(join(folder, "allowed-"));
    symlinkSync("/etc/hostname", join(allowed, "link"));
    const text = `server: {admin_token: '{{ file "${path.replace("FOLDER", allowed)}" }}'}`;
    const found = faults(text, { APIP_CONFIG_FILE_SOURCE_ALLOWLIST: allowed });
    expect(found["server.admin_token"]).toContain("expected a file that may be read");
  });

  test("stops the start when it is none", () => {
    expect(faults(`server: {admin_token: "{{ exec \\"id\\" }}"}`)["server.admin_token"]).toContain(
      "found {{ exec",
    );
  });
});

describe("the environment", () => {
  test("wins over the file, under the path of a key and under four short names", () => {
    const { config } = load("server: {http_port: 1111}\nlogging: {level: error}", {
      GATEWAY_HTTP_PORT: "2222",
      GATEWAY_LOG_LEVEL: "debug",
      GATEWAY_DB_CONNECTION: "other.db",
      GATEWAY_METRICS_ENABLED: "true",
      GATEWAY_CONTROLLER__SERVER__API_PORT: "3333",
      GATEWAY_CONTROLLER__SERVER__ALLOWED_IPS: '["10.0.0.0/8"]',
    });
    expect(config.router.listener_port).toBe(2222);
    expect(config.controller).toMatchObject({
      logging: { level: "debug" },
      storage: { connection: "other.db" },
      metrics: { enabled: true },
      server: { api_port: 3333, allowed_ips: ["10.0.0.0/8"] },
    });
  });

  test("stops the start with a name that means nothing, and names the variable of a bad value", () => {
    expect(faults("", { GATEWAY_HTP_PORT: "1" })).toHaveProperty("GATEWAY_HTP_PORT");
    expect(faults("", { GATEWAY_HTTP_PORT: "many" })["router.listener_port"]).toBe(
      'expected a port from 0 to 65535, found "many" (from GATEWAY_HTTP_PORT)',
    );
  });

  test("may have what Kubernetes sets for a service called gateway", () => {
    const env = {
      GATEWAY_PORT: "tcp://10.0.0.1:80",
      GATEWAY_SERVICE_HOST: "10.0.0.1",
      GATEWAY_PORT_80_TCP_ADDR: "x",
    };
    expect(faults("", env)).toEqual({});
  });
});

describe("short names", () => {
  test("say the same as the keys of the sections", () => {
    const { config } = load(`
server: {http_port: 8000, https_port: 8001, admin_port: 8002}
security: {max_request_body_size: 2MB, max_header_size: 32KiB, request_timeout: 30s}
tls: {min_version: "1.3"}
logging: {format: text, access_log: false}`);
    expect(gatewayOptions(config)).toMatchObject({
      ports: { http: 8000, https: 8001, admin: 8002 },
      traffic: { bodyLimitBytes: 2_000_000, timeoutMs: 30_000 },
      gatewayPolicies: [{ name: "request-size-limit", params: { maxBytes: 2_000_000 } }],
      limits: { maxHeadersKb: 32 },
      tlsVersions: { minimum: "TLSv1_3", maximum: "TLSv1_3" },
      accessLog: "off",
    });
  });

  test("are refused beside the key that they mean", () => {
    expect(faults("server: {http_port: 1}\nrouter: {listener_port: 2}")).toHaveProperty(
      "server.http_port",
    );
  });
});

test("nothing secret is left in what is printed", () => {
  const { config } = load(`
server: {admin_token: hunter2-hunter2-token}
authentication: {api_key: {keys: [{name: a, key: hunter2-hunter2-key}]}}
controller:
  storage: {connection: "postgres://gateway:hunter2-db@db:5432/gateway"}
  auth: {basic: {users: [{username: ada, password: hunter2-password}]}}
policy_configurations:
  ratelimit_v1: {redis: {host: redis, password: hunter2-redis}}
  backend_jwt_v1: {signingKey: "-----BEGIN PRIVATE KEY-----\\nhunter2\\n-----END PRIVATE KEY-----"}
`);
  const printed = JSON.stringify(redacted(config, schema));
  expect(printed).not.toContain("hunter2");
  expect(printed).toContain("postgres://gateway:***@db:5432/gateway");
  expect(printed).toContain('"host":"redis"');
});
