/** `ap policy publish --watch`: what is saved is served by a real Envoy, and in the end everything is there again. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { build } from "../../cli/build/index.ts";
import { scaffold } from "../../cli/build/scaffold.ts";
import { GatewayApi } from "../../cli/client/api.ts";
import { publishAndWatch } from "../../cli/publish/watch.ts";
import { io } from "../../cli/io.ts";
import { until } from "../../controller/until.ts";
import { restApi, startTestGateway, type TestGateway } from "../controller/fixtures/gateway.ts";
import { ap, ownHome } from "./ap.ts";
import { bundledAp } from "./bundled.ts";

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
});
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

test("killed while it watches, it leaves a gateway that says so and is whole again with the next command", async () => {
  const watch = async () => {
    const child = spawn(process.execPath, [bundled.main, "policy", "publish", folder, "--watch"], {
      stdio: ["ignore", "pipe", "inherit"],
      ...{ timeout: 100_000, killSignal: "SIGKILL" },
    });
    child.stdout.setEncoding("utf8");
    for await (const text of child.stdout) if (String(text).includes("is served")) break;
    const ended = once(child, "exit");
    child.kill("SIGKILL");
    await ended;
  };
  const bundled = await bundledAp("killed-watch");
  try {
    await watch();
    expect(policies()).toEqual(["set-headers", "shout"]);
    const told = await ap("policy", "list");
    expect(told.err).toMatch(/^remark: .*only the policies in use.*ap policy rollback/);
    expect((await ap("policy", "history")).out).toMatch(/ for [0-9a-f]{12}$/m);
    // Publishing links with what there was before, not with what is left.
    expect((await ap("policy", "publish", folder)).code).toBe(0);
    expect(policies()).toEqual(["respond", "set-headers", "shout"]);
    expect((await ap("policy", "list")).err).toBe("");

    await watch();
    await watch();
    expect(policies()).toEqual(["set-headers", "shout"]);
    expect((await ap("policy", "rollback")).code).toBe(0);
    expect(policies()).toEqual(["respond", "set-headers", "shout"]);
  } finally {
    await bundled.remove();
  }
}, 240_000);

test("it does not go with a trial, nor with a finished module", async () => {
  expect((await ap("policy", "publish", folder, "--watch", "--canary", "10%")).code).toBe(2);
  expect((await ap("policy", "publish", "x.wasm", "--watch")).code).toBe(2);
});
