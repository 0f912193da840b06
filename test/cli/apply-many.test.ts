/** Applying many: killed on the way it goes on where it was, and a bar shows the way on a terminal and nowhere else. */
import { spawn } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { stringify } from "yaml";
import { io } from "../../cli/io.ts";
import { main } from "../../cli/main.ts";
import { until } from "../../controller/until.ts";
import { resourceKinds } from "../../controller/model/index.ts";
import { restApi, startTestGateway, type TestGateway } from "../controller/fixtures/gateway.ts";
import { ap, ownHome } from "./ap.ts";
import { bundledAp } from "./bundled.ts";

const count = 150;
let home: Awaited<ReturnType<typeof ownHome>>;
let t: TestGateway;
let file: string;
let bundled: Awaited<ReturnType<typeof bundledAp>>;

beforeAll(async () => {
  home = await ownHome();
  bundled = await bundledAp("many");
  t = await startTestGateway({ envoy: "none" });
  await ap("gateway", "add", "-n", "dev", "-s", `http://127.0.0.1:${t.gateway.ports.management}`);
  file = join(home.folder, "many.yaml");
  const all = Array.from({ length: count }, (_, i) => restApi(`api-${i}`, t.upstream.port));
  await writeFile(file, all.map((one) => stringify(one)).join("---\n"));
});
afterAll(async () => {
  await t.close();
  await bundled.remove();
  await home.restore();
});

const there = () => t.gateway.control.list(resourceKinds[0]);

test("a run that was killed is gone on with, and nothing is changed twice", async () => {
  const child = spawn(process.execPath, [bundled.main, "apply", "-f", file], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  child.stderr.on("data", (chunk: Buffer) => (said += String(chunk)));
  const ended = new Promise((resolve) => child.once("exit", resolve));
  await until(() => expect(there().length).toBeGreaterThan(20), 30_000);
  child.kill("SIGKILL");
  await ended;
  expect(said, "no bar in a pipe").toBe("");
  const before = there().length;
  expect(before).toBeLessThan(count);
  const { code, out } = await ap("apply", "-f", file, "-o", "json");
  expect(code).toBe(0);
  const actions = (JSON.parse(out) as { action: string }[]).map(({ action }) => action);
  const unchanged = actions.filter((action) => action === "unchanged").length;
  // What was under way when it was killed may have come there still.
  expect(unchanged).toBeGreaterThanOrEqual(before);
  expect(actions.filter((action) => action === "created")).toHaveLength(count - unchanged);
  expect(there()).toHaveLength(count);
  expect(new Set(there().map(({ revision }) => revision))).toEqual(new Set([1]));
});

test("on a terminal a bar shows how far it has come, unless it is to be quiet", async () => {
  const typed = async (...argv: string[]): Promise<string> => {
    let shown = "";
    const terminal = io(
      () => {},
      (text) => (shown += text),
      true,
    );
    expect(await main(argv, terminal)).toBe(0);
    return shown;
  };
  expect(await typed("apply", "-f", file)).toContain(
    `[${"#".repeat(24)}] ${count} of ${count} resources\n`,
  );
  expect(await typed("apply", "-f", file, "--quiet")).toBe("");
});
