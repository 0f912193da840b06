/** What the descriptions say is there, and nothing else is. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import type { Hono } from "hono";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { openApps, type Apps } from "../../../controller/api/ports.ts";
import { loadConfig } from "../../../controller/config/load.ts";
import { startControlPlane } from "../../../controller/control-plane.ts";
import type { OpenApi } from "../../../controller/describe/openapi.ts";
import type { GatewayOptions } from "../../../controller/options.ts";
import { anyPorts, startTestGateway, type TestGateway } from "../fixtures/gateway.ts";

const shortForm = loadConfig({ env: {}, places: [] }).config;
const closing: (() => unknown)[] = [];
let folder: string;
let apps: Apps;
let t: TestGateway;
let management: OpenApi;
let admin: OpenApi;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sluice-described-"));
  const options: GatewayOptions = {
    ...{ store: join(folder, "gateway.db"), ports: anyPorts, envoy: "none" },
    ...{ shortForm, adminToken: "a-token-of-a-test", configDump: true },
  };
  const plane = await startControlPlane(options, closing);
  apps = await openApps(options, plane, {
    envoy: { admin: async () => null, pid: () => null, expected: false },
    recorder: { metrics: () => [] },
  });
  t = await startTestGateway({ ...options, store: join(folder, "other.db") });
  const read = async (port: number): Promise<OpenApi> =>
    (await (await fetch(`http://127.0.0.1:${port}/openapi.json`)).json()) as OpenApi;
  management = await read(t.gateway.ports.management);
  admin = await read(t.gateway.ports.admin!);
});
afterAll(async () => {
  await t.close();
  for (const end of closing.reverse()) await end();
  await rm(folder, { recursive: true });
});

const describedIn = (api: OpenApi): string[] =>
  Object.entries(api.paths)
    .flatMap(([path, item]) => Object.keys(item).map((method) => `${method.toUpperCase()} ${path}`))
    .sort();

/** The routes of an app below a base, in the description's way of writing. */
const routedIn = (app: Pick<Hono, "routes">, base: string): string[] =>
  [
    ...new Set(
      app.routes
        .filter(({ method, path }) => method !== "ALL" && path.startsWith(base))
        .map(({ method, path }) => `${method} ${path.slice(base.length)}`)
        .map((route) => route.replace(/:(\w+)/g, "{$1}").replace(/(?<=.)\/$/, "")),
    ),
  ].sort();

test("every route of the management API is described, and every described one is there", () => {
  expect(describedIn(management)).toEqual(routedIn(apps.management, "/api/management/v1"));
});

test("so it is with the admin port", () => {
  const own = routedIn(apps.admin, "").filter((route) => !route.includes("/api/admin/v1"));
  expect(describedIn(admin)).toEqual(own);
});

describe.each([
  ["management", () => management],
  ["admin", () => admin],
])("the description of the %s API", (name, api) => {
  test("is OpenAPI 3.1: its schemas are JSON Schema, its references lead somewhere, its names are used once", () => {
    expect(api()).toMatchObject({ openapi: "3.1.0", info: { version: expect.any(String) } });
    const ajv = new Ajv2020({ strict: false, logger: false });
    for (const schema of Object.values(api().components.schemas))
      expect(ajv.validateSchema(schema), JSON.stringify(ajv.errors)).toBe(true);
    const references = [
      ...JSON.stringify(api()).matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g),
    ];
    for (const [, target] of references) expect(api().components.schemas).toHaveProperty(target!);
    const operations = Object.values(api().paths).flatMap((item) => Object.values(item));
    const ids = operations.map(({ operationId }) => operationId);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { responses } of operations) expect(Object.keys(responses)).not.toHaveLength(0);
    for (const [path, item] of Object.entries(api().paths))
      for (const { parameters = [] } of Object.values(item))
        expect(
          parameters.filter(({ in: where }) => where === "path").map(({ name }) => `{${name}}`),
        ).toEqual(path.match(/\{\w+\}/g) ?? []);
  });

  test("is there as YAML, and as a page that asks nobody else", async () => {
    const port = name === "admin" ? t.gateway.ports.admin : t.gateway.ports.management;
    const get = (path: string) => fetch(`http://127.0.0.1:${port}/${path}`);
    const yaml = await get("openapi.yaml");
    expect(yaml.headers.get("content-type")).toBe("application/yaml; charset=utf-8");
    expect(parse(await yaml.text(), { maxAliasCount: 0 })).toEqual(api());
    const page = await get("docs");
    expect(page.headers.get("content-security-policy")).toContain("default-src 'none'");
    const text = await page.text();
    const loaded = [...text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, path]) => path!);
    expect(loaded).toContain("docs.js");
    for (const path of loaded) {
      expect(path).not.toMatch(/^(\w+:)?\/\//);
      expect((await get(path)).status, path).toBe(200);
    }
    const program = await (await get("docs.js")).text();
    expect(program).not.toMatch(/https?:\/\/|innerHTML|insertAdjacentHTML|eval\(/);
  });
});

test("the schema of a document is made of what validates it", () => {
  const { properties } = management.components.schemas["RestApi"] as {
    properties: {
      metadata: object;
      spec: { properties: Record<string, unknown>; required: string[] };
    };
  };
  const { spec } = properties;
  expect(properties.metadata).toMatchObject({ required: ["name"] });
  expect(spec.required).toEqual(["version", "context", "upstream", "displayName", "operations"]);
  expect(JSON.stringify(spec.properties["operations"])).toContain("RegularExpression");
  expect(JSON.stringify(spec.properties["deploymentState"])).toContain("undeployed");
  expect(JSON.stringify(spec.properties["displayName"])).toContain('"maxLength":100');
});

test("each operation says whose roles may use it", () => {
  expect(management.paths["/secrets"]!["get"]!["x-roles"]).toEqual(["admin"]);
  expect(management.paths["/rest-apis/{id}"]!["put"]!["x-roles"]).toEqual(["admin", "developer"]);
});
