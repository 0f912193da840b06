/** The keys of `ap dev`, pressed on a terminal: python's pty stands between, for node has none. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { loadCases } from "../../cli/cases/load.ts";
import { build } from "../../cli/build/index.ts";
import { until } from "../../controller/until.ts";
import { play, simulatorRunner } from "../../host-sim/index.ts";
import { restApi } from "../controller/fixtures/rest-api.ts";
import { send } from "../runners/client.ts";
import { startUpstream } from "../runners/upstream.ts";

const mark = { response: { headers: [{ name: "x-mark", value: "one" }] } };
const policies = [{ name: "set-headers", version: "v1", params: mark }];
const api = (port: number): string =>
  JSON.stringify(restApi("pets", port, { context: "/pets", policies }));

const cookies: [string, string][] = ["a=1", "b=2"].map((one) => ["set-cookie", one]);

test("c gives the last request as a case that plays, and q ends", async () => {
  const folder = await mkdtemp(join(tmpdir(), "sluice-keys-"));
  const upstream = await startUpstream({ headers: cookies, body: "up" });
  const file = join(folder, "pets.yaml");
  await writeFile(file, api(upstream.port));
  const command = ["node", "dist/ap.js", "dev", file, "--port", "0"];
  const terminal = spawn("python3", ["-c", "import pty, sys; pty.spawn(sys.argv[1:])", ...command]);
  let shown = "";
  for (const output of [terminal.stdout, terminal.stderr])
    output.setEncoding("utf8").on("data", (text: string) => void (shown += text));
  const deadline = 30_000;
  const sees = (text: string | RegExp) =>
    until(() => expect(shown.replaceAll("\r", "")).toMatch(text), deadline);
  try {
    await sees("c: the last request as a case, q: quit");
    const port = Number(/http:\/\/localhost:(\d+)/.exec(shown)![1]);
    terminal.stdin.write("c");
    await sees("no request yet");
    const answer = await send(port, { path: "/pets/a", headers: { "x-own": "mine" } });
    expect(answer.headers).toContainEqual(["x-mark", "one"]);
    await sees(/GET \/pets\/a → 200/);
    const before = shown.length;
    terminal.stdin.write("c");
    const printed = await until(() => {
      const found = /^\{\n[^]*^\},?$/m.exec(shown.slice(before).replaceAll("\r", ""));
      if (!found) throw new Error("no case yet");
      return found[0].replace(/,$/, "");
    }, deadline);
    terminal.stdin.write("q");
    expect(await once(terminal, "exit")).toEqual([0, null]);

    await writeFile(join(folder, "cases.ts"), `export const cases = [${printed}];\n`);
    const [one] = await loadCases(folder);
    expect(one).toMatchObject({ request: { path: "/pets/a", headers: { "x-own": "mine" } } });
    const { wasm } = await build(["policies/set-headers"]);
    const own = { name: "set-headers", version: "v1" };
    const params = { response: { headers: [{ name: "x-mark", value: "one" }] } };
    const played = { ...one!, params, upstream: { headers: cookies, body: "up" } };
    expect(await play(played, simulatorRunner(), wasm, own)).toMatchObject({
      result: "passed",
      lines: [],
    });
  } finally {
    terminal.kill("SIGKILL");
    await upstream.close();
    await rm(folder, { recursive: true });
  }
});
