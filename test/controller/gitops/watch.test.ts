import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { stringify } from "yaml";
import { tinyModule } from "../tiny-filter.ts";
import { restApi, startTestGateway, type TestGateway } from "../fixtures/gateway.ts";

const folder = mkdtempSync(join(tmpdir(), "sluice-gitops-"));
const write = (name: string, ...documents: object[]) =>
  writeFileSync(join(folder, name), documents.map((one) => stringify(one)).join("---\n"));

/** Only its schema says that the parameter is secret. */
const keeper = {
  ...{ name: "keeper", version: "1.0.0" },
  parameters: { type: "object", properties: { grain: { type: "string", "x-secret": true } } },
};
const salted = (grain: string) => ({
  policies: [{ name: "keeper", version: "v1", params: { grain } }],
});

let t: TestGateway;
beforeAll(async () => {
  mkdirSync(join(folder, "team"));
  write("team/a.yaml", restApi("a", 1), restApi("b", 2));
  write(".hidden.yaml", restApi("hidden", 1));
  const module = await tinyModule("tiny", [keeper]);
  t = await startTestGateway({ module, envoy: "none", gitops: { folder, intervalMs: 50 } });
});
afterAll(async () => {
  await t.close();
  rmSync(folder, { recursive: true });
});

const logged = (text: string) =>
  expect.poll(() => t.logs.some((line) => line.includes(text)), { timeout: 30_000 }).toBe(true);
const names = async () => {
  const { body } = await t.manage("GET", "/rest-apis");
  return (body as unknown as { apis: { metadata: { name: string } }[] }).apis.map(
    ({ metadata }) => metadata.name,
  );
};
const context = (name: string) => ({ context: `/${name}` });

test("what is in the folder is served from the start, and what is made otherwise stays", async () => {
  expect(await names()).toEqual(["a", "b"]);
  expect((await t.manage("POST", "/rest-apis", restApi("mine", 1))).status).toBe(201);
});

test("a change is applied as a whole, with the difference in the log and no secret in it", async () => {
  const secret = { metadata: { name: "a", annotations: { password: "hunter2" } } };
  write("team/a.yaml", { ...restApi("a", 9), ...secret });
  writeFileSync(join(folder, "c.json"), JSON.stringify(restApi("c", 3)));
  await logged("+ RestApi c");
  await logged("- RestApi b");
  await logged('spec.upstream.main.url: "http://127.0.0.1:1" → "http://127.0.0.1:9"');
  write("s.yaml", restApi("s", 4, salted("salt-1")));
  await logged("+ RestApi s");
  write("s.yaml", restApi("s", 4, salted("salt-2")));
  await logged("a value that is not shown");
  rmSync(join(folder, "s.yaml"));
  await logged("- RestApi s");
  expect(t.logs.join("\n")).not.toMatch(/hunter2|salt-/);
  expect(await names()).toEqual(["a", "c", "mine"]);
});

test("with one wrong document nothing is applied, and the log says where and why", async () => {
  write("d.yaml", restApi("d", 4));
  write("e.yaml", restApi("e", 5, { context: "no slash" }));
  await logged('e.yaml e spec.context: must start with /, found "no slash"');
  expect(await names()).toEqual(["a", "c", "mine"]);
  write("e.yaml", { kind: "Unheard" });
  await logged("e.yaml: kind must be one of");
  writeFileSync(join(folder, "e.yaml"), "a: [");
  await logged("e.yaml: Failed to parse");
  expect(await names()).toEqual(["a", "c", "mine"]);
});

test("documents that do not fit together are taken back together", async () => {
  write("d.yaml", restApi("d", 4, context("same")));
  write("e.yaml", restApi("e", 5, context("same")));
  await logged("a document cannot be served beside the others");
  expect(await names()).toEqual(["a", "c", "mine"]);
});

test("one may take the place that another leaves", async () => {
  write("d.yaml", restApi("d", 4, context("a")));
  rmSync(join(folder, "e.yaml"));
  rmSync(join(folder, "team/a.yaml"));
  await logged("+ RestApi d");
  expect(await names()).toEqual(["c", "d", "mine"]);
});

test("an empty folder takes away what came from it", async () => {
  for (const name of ["c.json", "d.yaml"]) rmSync(join(folder, name));
  await logged("- RestApi d");
  expect(await names()).toEqual(["mine"]);
});
