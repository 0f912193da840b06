/** Every key of the configuration does something, or says that it does nothing. None is taken in silence. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import type { JsonSchema } from "../../../controller/config/field.ts";
import { applyOverrides, readOverrides } from "../../../controller/config/environment.ts";
import { lenient } from "../../../controller/config/shape.ts";
import type { FieldError } from "../../../controller/errors.ts";
import { loadConfig } from "../../../controller/config/load.ts";
import { gatewayOptions } from "../../../controller/config/options.ts";
import { at, put, type Tree } from "../../../controller/config/path.ts";
import { applyAliases } from "../../../controller/config/short-form/aliases.ts";
import { schema } from "../../../controller/config/schema/index.ts";
import { validate, withoutEffect } from "../../../controller/config/validate.ts";

const folder = mkdtempSync(join(tmpdir(), "sluice-effects-"));
const pem = join(folder, "some.pem");
writeFileSync(pem, "-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n");
const otherPem = join(folder, "other.pem");
writeFileSync(otherPem, "-----BEGIN CERTIFICATE-----\nBB==\n-----END CERTIFICATE-----\n");
afterAll(() => rmSync(folder, { recursive: true }));

interface Key {
  path: string[];
  schema: JsonSchema;
}

/** Each key that has a value of its own: sections are walked, lists and tables are values. */
function keysOf(section: JsonSchema, path: string[] = []): Key[] {
  return Object.entries(section.properties ?? {}).flatMap(([name, one]) =>
    one.properties && !one["x-no-effect"]
      ? keysOf(one, [...path, name])
      : [{ path: [...path, name], schema: one }],
  );
}
const keys = keysOf(schema).map((key) => ({ name: key.path.join("."), ...key }));

/** What has to be said beside a key for it to mean something. */
const beside: Record<string, object> = {
  "gitops.interval": { gitops: { folder } },
  "immutable_gateway.artifacts_dir": { immutable_gateway: { enabled: true } },
  "authentication.jwt.": { authentication: { jwt: { public_key: pem } } },
  "tls.": { tls: { cert_file: pem, key_file: pem } },
  "traffic_logging.masked_headers": {
    traffic_logging: { enabled: true, request_headers: ["x-a"] },
  },
  "tracing.": { tracing: { enabled: true } },
  "traffic_logging.": { traffic_logging: { enabled: true, outputs: ["file", "http", "syslog"] } },
  "security_events.": { security_events: { enabled: true, outputs: ["file", "http", "syslog"] } },
  "router.statsd.": { router: { statsd: { enabled: true } } },
  "router.access_logs.file.": { router: { access_logs: { file: { path: "a.log" } } } },
  "controller.auth.idp.": { controller: { auth: { idp: { enabled: true } } } },
  "controller.storage.postgres.": { controller: { storage: { type: "postgres" } } },
  "controller.metrics.port": { controller: { metrics: { enabled: true } } },
  "policy_engine.metrics.port": { controller: { metrics: { enabled: true } } },
  "controller.server.xds_tls.": {
    controller: { server: { xds_tls: { cert_path: pem, key_path: pem } } },
  },
  "router.downstream_tls.": { router: { downstream_tls: { cert_path: pem, key_path: pem } } },
};

const contextOf = (name: string): object =>
  Object.entries(beside).find(([prefix]) => name.startsWith(prefix))?.[1] ?? {};

/** Values that a key's schema alone does not tell. */
const values: Record<string, unknown> = {
  "controller.auth.basic.users": [{ username: "ada", password: "a password" }],
  "controller.auth.idp.role_mapping": { admin: ["boss"] },
  "controller.encryption.providers": [{ type: "aesgcm", keys: [{ version: "v9", file: "k.bin" }] }],
  "controller.server.gateway_tokens": { edge: "0123456789".repeat(4) },
  "router.downstream_tls.cipher_suites": ["TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"],
  "router.policies": [{ name: "cors", version: "v1" }],
  policy_configurations: { ratelimit_v1: { algorithm: "gcra" } },
  "authentication.api_key.keys": [{ name: "a", key: "a key that is long" }],
  "rate_limiting.per_endpoint": { "/a": "1/hour" },
  "traffic_logging.masked_headers": ["x-a"],
  "traffic_logging.http.headers": { "x-a": "b" },
  "security_events.http.headers": { "x-a": "b" },
  services: { a: { url: "http://a" } },
  routes: [{ path: "/a", service: "a" }],
};

/** Keys that the command reads itself, by the words that it reads them with. */
const readByCommand: Record<string, string> = {
  "controller.server.shutdown_timeout": "config.controller.server.shutdown_timeout",
  "controller.logging.level": "config.controller.logging",
  "controller.logging.format": "config.controller.logging",
  // Another name of the key above.
  "logging.level": "config.controller.logging",
};

function other({ name, schema: one }: (typeof keys)[number]): unknown {
  if (name in values) return values[name];
  if (one.enum) return [...one.enum].reverse().find((value) => value !== one.default);
  switch (one.type) {
    case "boolean":
      return one.default === false;
    case "integer":
    case "number":
      return one.default === one.maximum ? one.minimum : one.maximum;
    case "array":
      return [other({ name, path: [], schema: { ...one.items, default: undefined } })];
    case "object":
      return { some: {} };
    default:
      if (/_path$|_file$|public_key$/.test(name)) return otherPem;
      if (one.pattern?.includes("ms|s|m|h")) return "7m";
      return one.pattern?.includes("KiB") ? "7KB" : "other.example";
  }
}

/** What a gateway is told when only this is said. */
function told(tree: Tree): unknown {
  const config = structuredClone(tree);
  expect(validate(config, schema)).toEqual([]);
  applyAliases(config);
  const { shortForm, ...options } = gatewayOptions(config as never);
  const { services, routes, authentication, rate_limiting } = shortForm!;
  return { ...options, shortForm: { services, routes, authentication, rate_limiting } };
}

describe("a key of the configuration", () => {
  const effective = keys.filter(
    // What has one value only cannot be other than it is.
    ({ schema: one, name }) =>
      !one["x-no-effect"] && !(name in readByCommand) && one.enum?.length !== 1,
  );

  test.each(effective.map((key) => [key.name, key] as const))(
    "%s changes what a gateway is told",
    (name, key) => {
      const context = name.endsWith(".enabled") ? {} : contextOf(name);
      const [before, after] = [structuredClone(context) as Tree, structuredClone(context) as Tree];
      put(after, key.path, other(key));
      expect(told(after)).not.toEqual(told(before));
    },
  );

  const ignored = keys.filter(({ schema: one }) => one["x-no-effect"]);

  test.each(ignored.map((key) => [key.name, key] as const))(
    "%s is taken with a warning that says why it does nothing",
    (name, key) => {
      const file = {};
      put(file, key.path, { anything: 1 });
      expect(withoutEffect(file, schema)).toEqual([
        { field: name, message: expect.stringMatching(/^has no effect: \S/) },
      ]);
      const path = join(folder, "gateway.json");
      writeFileSync(path, JSON.stringify(file));
      expect(loadConfig({ file: path, env: {} }).warnings).toEqual([expect.stringContaining(name)]);
    },
  );

  test("is none that nobody knows, at any depth", () => {
    const sections = new Set(keys.map(({ path }) => path.slice(0, -1).join(".")));
    for (const section of sections) {
      const file = {};
      put(file, [...section.split(".").filter(Boolean), "nobodys_key"], 1);
      const path = join(folder, "unknown.json");
      writeFileSync(path, JSON.stringify(file));
      const name = section ? `${section}.nobodys_key` : "nobodys_key";
      expect(() => loadConfig({ file: path, env: {} }), name).toThrow(
        expect.objectContaining({
          fields: expect.arrayContaining([expect.objectContaining({ field: name })]),
        }),
      );
    }
  });

  test.each(
    keys.filter(({ schema: one }) => !one["x-no-effect"]).map((key) => [key.name, key] as const),
  )("%s is set by the variable of its path", (name, key) => {
    const value = other(key) ?? key.schema.default;
    const text = typeof value === "object" ? JSON.stringify(value) : String(value);
    const variable = `GATEWAY_${key.path.join("__").toUpperCase()}`;
    const [errors, tree]: [FieldError[], Tree] = [[], {}];
    applyOverrides(tree, readOverrides({ [variable]: text }, schema, errors), schema);
    expect(errors).toEqual([]);
    expect(at(lenient(tree, schema) as Tree, key.path), name).toEqual(value);
  });

  test.each(Object.entries(readByCommand))("%s is read by the command", (name, words) => {
    expect(keys.map((key) => key.name)).toContain(name);
    expect(readFileSync("cli/run/gateway.ts", "utf8")).toContain(words);
  });
});
