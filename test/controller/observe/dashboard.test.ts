import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parse } from "yaml";
import { makeCertificate } from "../../../controller/tls/certificate.ts";
import { restApi, startTestGateway, type TestGateway } from "../fixtures/gateway.ts";

let t: TestGateway;
beforeAll(async () => {
  t = await startTestGateway();
  const { certificate } = makeCertificate({ commonName: "corp", authority: true, days: 10 });
  await t.manage("POST", "/certificates", { name: "corp-ca", certificate });
  await t.manage("POST", "/rest-apis?wait=10s", restApi("a", t.upstream.port));
  await t.request("/a/x");
});
afterAll(() => t.close());

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
  const names = new Set(questions.flatMap((expr) => expr.match(/\b(gateway|process)_\w+/g) ?? []));
  // Made with the first request that is over a limit, which requests.test.ts shows.
  names.delete("gateway_rate_limit_exceeded_total");
  expect(names.size).toBeGreaterThan(6);
  await expect
    .poll(
      async () => {
        const text = await metrics();
        return [...names].filter((name) => !new RegExp(`^${name}[ {]`, "m").test(text));
      },
      { timeout: 15_000 },
    )
    .toEqual([]);
});

test("the end of a certificate is a number that an alert can compare", async () => {
  const [, seconds] =
    /^gateway_controller_certificate_expiry_seconds\{name="corp-ca"\} (\S+)$/m.exec(
      await metrics(),
    ) ?? [];
  expect(Number(seconds)).toBeGreaterThan(9 * 86_400);
  expect(Number(seconds)).toBeLessThan(11 * 86_400);
});
