import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parse } from "yaml";
import { build } from "../../../cli/build/index.ts";
import { makeCertificate } from "../../../controller/tls/certificate.ts";
import { restApi, startTestGateway, type TestGateway } from "../fixtures/gateway.ts";

let t: TestGateway;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sluice-dashboard-"));
  t = await startTestGateway({
    module: (await build([join("policies", "basic-ratelimit"), "test/faults/faulty"])).wasm,
    accessLog: "json",
    accessLogFile: { path: join(folder, "access.log"), maxBytes: 1 << 20, maxFiles: 2 },
  });
  const { certificate } = makeCertificate({ commonName: "corp", authority: true, days: 10 });
  await t.manage("POST", "/certificates", { name: "corp-ca", certificate });
  const limits = [{ requests: 1, duration: "1h" }];
  const policies = [
    { name: "basic-ratelimit", version: "v1", params: { limits } },
    { name: "faulty", version: "v1" },
  ];
  const api = restApi("a", t.upstream.port, { policies });
  expect((await t.manage("POST", "/rest-apis?wait=10s", api)).status).toBe(201);
  expect((await t.request({ path: "/a/x", headers: [["x-fault", "assertion"]] })).status).toBe(500);
  expect((await t.request("/a/x")).status).toBe(429);
});
afterAll(async () => {
  await t.close();
  await rm(folder, { recursive: true, force: true });
});

const read = (name: string) => readFileSync(`docs/observability/${name}`, "utf8");
const metrics = async () => {
  const { metrics, engineMetrics } = t.gateway.ports;
  const texts = [metrics, engineMetrics].map(async (port) =>
    (await fetch(`http://127.0.0.1:${port}/metrics`)).text(),
  );
  return (await Promise.all(texts)).join("\n");
};

test("the dashboard and the alerts ask for metrics that are there", async () => {
  const rules = parse(read("alerts.yaml")) as { groups: { rules: { expr: string }[] }[] };
  const dashboard = JSON.parse(read("grafana-dashboard.json")) as {
    panels: { targets: { expr: string }[] }[];
  };
  const questions = [
    ...rules.groups.flatMap(({ rules }) => rules.map(({ expr }) => expr)),
    ...dashboard.panels.flatMap(({ targets }) => targets.map(({ expr }) => expr)),
  ];
  const names = new Set(
    questions.flatMap((expr) => expr.match(/\b(gateway|policy_engine|process)_\w+/g) ?? []),
  );
  expect(names.size).toBeGreaterThan(15);
  await expect
    .poll(
      async () => {
        const text = await metrics();
        return [...names].filter((name) => !new RegExp(`^${name}[ {]`, "m").test(text));
      },
      { timeout: 30_000 },
    )
    .toEqual([]);
});

test("the table of names says which are there, and of no other", async () => {
  const rows = [...read("metric-names.md").matchAll(/^\| `(\w+)` +\| (yes|no)\b/gm)];
  expect(rows.length).toBeGreaterThan(25);
  const named = (wanted: string) =>
    rows.flatMap(([, name, here]) => (here === wanted ? [name!] : []));
  const there = (text: string) => (name: string) =>
    new RegExp(`^${name}(_count)?[ {]`, "m").test(text);
  await expect
    .poll(
      async () => {
        const text = await metrics();
        return named("yes").filter((name) => !there(text)(name));
      },
      { timeout: 30_000 },
    )
    .toEqual([]);
  expect(named("no").filter(there(await metrics()))).toEqual([]);
});

test("the end of a certificate is a number that an alert can compare", async () => {
  const [, seconds] =
    /^gateway_controller_certificate_expiry_seconds\{name="corp-ca"\} (\S+)$/m.exec(
      await metrics(),
    ) ?? [];
  expect(Number(seconds)).toBeGreaterThan(9 * 86_400);
  expect(Number(seconds)).toBeLessThan(11 * 86_400);
});
