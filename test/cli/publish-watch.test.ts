/** `ap policy publish --watch`: what is saved is served by a real Envoy, and in the end everything is there again. */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { build } from "../../cli/build/index.ts";
import { scaffold } from "../../cli/build/scaffold.ts";
import { GatewayApi } from "../../cli/client/api.ts";
import { publishAndWatch } from "../../cli/client/publish-watch.ts";
import { io } from "../../cli/io.ts";
import { until } from "../../controller/until.ts";
import { restApi, startTestGateway, type TestGateway } from "../controller/fixtures/gateway.ts";
import { ap, ownHome } from "./ap.ts";

let home: Awaited<ReturnType<typeof ownHome>>;
let t: TestGateway;
let folder: string;

beforeAll(async () => {
  home = await ownHome();
  folder = await scaffold("shout", home.folder);
  const shelf = ["policies/set-headers", "policies/respond"];
  const { wasm } = await build([...shelf, folder]);
  t = await startTestGateway({ module: wasm });
  await ap("gateway", "add", "-n", "dev", "-s", `http://127.0.0.1:${t.gateway.ports.management}`);
  const policies = [
    {
      name: "set-headers",
      version: "v1",
      params: { request: { headers: [{ name: "x-name", value: "ada" }] } },
    },
    { name: "shout", version: "v1", params: {} },
  ];
  const made = await t.manage(
    "POST",
    "/rest-apis?wait=10s",
    restApi("loud", t.upstream.port, { policies }),
  );
  expect(made.status).toBe(201);
}, 90_000);
afterAll(async () => {
  await t.close();
  await home.restore();
});

const policies = () =>
  t.gateway.modules.catalog
    .list()
    .map(({ name }) => name)
    .sort();

test("a save is served, a mistake is told and mended by the next save, and the end brings all policies back", async () => {
  const ending = new AbortController();
  let said = "";
  const published: string[] = [];
  const watching = publishAndWatch(
    await GatewayApi.of({}, { trace: () => {} }),
    [folder],
    io(
      () => {},
      (text) => (said += text),
    ),
    {
      ...{ wait: "10s", signal: ending.signal },
      told: ({ served }) => void published.push(served ? "served" : "not served"),
    },
  );
  try {
    await until(() => expect(published).toEqual(["served"]), 60_000);
    expect(policies()).toEqual(["set-headers", "shout"]);
    const file = join(folder, "policy.ts");
    const source = await readFile(file, "utf8");
    const saves = async (handler: string) =>
      writeFile(
        file,
        source.replace(
          /onRequestHeaders\(request: Request\): Verdict \{/,
          (head) => `${head}\n${handler}`,
        ),
      );
    await saves("return request.deny(418, 'saved');");
    await until(async () => expect((await t.request("/loud/x")).status).toBe(418), 60_000);
    await saves("return nonsense;");
    await until(() => expect(said).toMatch(/AP-INVALID.*policy\.ts:\d+/), 60_000);
    expect((await t.request("/loud/x")).status).toBe(418);
    await saves("return request.deny(419, 'mended');");
    await until(async () => expect((await t.request("/loud/x")).status).toBe(419), 60_000);
  } finally {
    ending.abort();
    await watching;
  }
  expect(published.at(-1)).toBe("served");
  expect(policies()).toEqual(["respond", "set-headers", "shout"]);
}, 240_000);

test("it does not go with a trial, nor with a finished module", async () => {
  expect((await ap("policy", "publish", folder, "--watch", "--canary", "10%")).code).toBe(2);
  expect((await ap("policy", "publish", "x.wasm", "--watch")).code).toBe(2);
});
