import { spawn, type ChildProcess } from "node:child_process";
import { afterAll, beforeAll, expect, test } from "vitest";
import { eventually } from "../eventually.ts";
import { freePort } from "../controller/fixtures/free-port.ts";
import { restApi, startTestGateway, type TestGateway } from "../controller/fixtures/gateway.ts";
import { buildProcess } from "../controller/fixtures/process.ts";
import { stateFolder } from "./fleet.ts";

let ap: Awaited<ReturnType<typeof buildProcess>>;
let state: Awaited<ReturnType<typeof stateFolder>>;
let controller: TestGateway;
let url: string;
beforeAll(async () => {
  ap = await buildProcess(new URL("../../cli/ap.ts", import.meta.url));
  state = await stateFolder();
  controller = await startTestGateway({ envoy: "none", ports: { http: await freePort() } });
  await controller.manage("POST", "/rest-apis", restApi("a", controller.upstream.port));
  url = `http://127.0.0.1:${controller.gateway.ports.http}/a/x`;
});
afterAll(async () => {
  await controller.close();
  await ap.remove();
  await state.remove();
});

function run(...options: string[]) {
  const child: ChildProcess = spawn(process.execPath, [ap.file, "gateway", "run", ...options]);
  let said = "";
  for (const stream of [child.stdout!, child.stderr!])
    stream.on("data", (chunk: Buffer) => (said += chunk.toString()));
  // What it said at last may come after its exit.
  const exited = new Promise<number | null>((resolve) => child.once("close", resolve));
  return { child, exited, said: () => said };
}

const follow = () =>
  run(
    ...["--controller", `http://127.0.0.1:${controller.gateway.ports.xds}`],
    ...["--name", "edge-7", "--state", state.folder],
  );

test("the command follows a controller, upgrades its Envoy on SIGUSR2, and drains on SIGTERM", async () => {
  const { child, exited, said } = follow();
  await eventually(() => expect(said()).toContain("traffic     http://localhost:"));
  expect((await fetch(url)).status).toBe(200);
  await eventually(async () => {
    const { body } = await controller.manage("GET", "/rest-apis/a");
    expect(body).toMatchObject({ status: { gateways: [{ id: "edge-7", state: "serving" }] } });
  });
  const second = follow();
  expect(await second.exited).toBe(1);
  expect(second.said()).toContain(
    `--state: expected a folder that no other agent uses, found ${state.folder}, which one does`,
  );
  expect((await fetch(url)).status).toBe(200);
  child.kill("SIGUSR2");
  await eventually(() => expect(said()).toContain("another Envoy has taken over"));
  expect((await fetch(url)).status).toBe(200);
  child.kill("SIGTERM");
  expect(await exited).toBe(0);
  await expect(fetch(url)).rejects.toThrow();
});

test("an agent that is killed takes its Envoy along, and the next one serves", async () => {
  const first = follow();
  await eventually(() => expect(first.said()).toContain("traffic     http://localhost:"));
  first.child.kill("SIGKILL");
  await first.exited;
  await eventually(() => expect(fetch(url)).rejects.toThrow());
  const next = follow();
  await eventually(() => expect(next.said()).toContain("traffic     http://localhost:"));
  expect((await fetch(url)).status).toBe(200);
  next.child.kill("SIGTERM");
  expect(await next.exited).toBe(0);
});

test("without any controller it serves what it kept, and says what is lost", async () => {
  await controller.gateway.stop();
  const { child, exited, said } = follow();
  await eventually(async () => expect((await fetch(url)).status).toBe(200));
  await eventually(() => expect(said()).toMatch(/lost a controller: .*ECONNREFUSED/));
  child.kill("SIGTERM");
  expect(await exited).toBe(0);
});

test.each([
  [["--controller", "http://10.0.0.1:18000"], "without TLS a token and every secret could be read"],
  [["--controller", "controller:18000"], "--controller: expected https://host:port"],
  [["--controller", "https://c"], "expected a URL with a port"],
  [
    ["--controller", "https://c:1", "--http-port", "80"],
    "--http-port does not go with --controller",
  ],
  [["--name", "edge"], "--name is for --controller"],
  [["--controller", "https://c:1", "--token-file", "/none"], "--token-file /none: cannot be read"],
])("%j is refused in plain words", async (options, words) => {
  const { exited, said } = run(...options);
  expect(await exited).toBe(1);
  expect(said()).toContain(words);
});
