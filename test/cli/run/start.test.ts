/** `npm start`, past its installing: what it prints works as printed, what it lacks it names, and how it ends. */
import { execFile, spawn, type ChildProcess } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { portKeys, portVariable } from "../../../controller/port-keys.ts";
import { eventually } from "../../eventually.ts";
import { startUpstream } from "../../runners/upstream.ts";
import { restApi } from "../../controller/fixtures/rest-api.ts";
import { bundledAp } from "../bundled.ts";

let ap: Awaited<ReturnType<typeof bundledAp>>;
let folder: string;
beforeAll(async () => {
  ap = await bundledAp("start");
  folder = await mkdtemp(join(tmpdir(), "sluice start "));
});
const children: ChildProcess[] = [];
afterEach(() => children.splice(0).forEach((child) => child.kill("SIGKILL")));
afterAll(async () => {
  await ap.remove();
  await rm(folder, { recursive: true, force: true });
});

const anyPort = Object.fromEntries(
  (Object.keys(portKeys) as (keyof typeof portKeys)[]).map((name) => [portVariable(name), "0"]),
);

/** In a group of its own, as a terminal has it. */
function start(env: NodeJS.ProcessEnv = {}, ...options: string[]) {
  const child: ChildProcess = spawn(
    process.execPath,
    [ap.main, "gateway", "run", "--sample", ...options],
    { cwd: folder, env: { ...process.env, ...anyPort, ...env }, detached: true },
  );
  let said = "";
  for (const stream of [child.stdout!, child.stderr!])
    stream.on("data", (chunk: Buffer) => (said += chunk.toString()));
  // What it said at last may come after its exit.
  const exited = new Promise<number | null>((resolve) => child.once("close", resolve));
  children.push(child);
  /** However long it takes: the policies may have to be built. */
  const tells = (words: string) =>
    new Promise<void>((resolve, reject) => {
      const look = () => said.includes(words) && resolve();
      for (const stream of [child.stdout!, child.stderr!]) stream.on("data", look);
      look();
      void exited.then((code) => reject(new Error(`ended with ${code}: ${said}`)));
    });
  return { child, exited, said: () => said, tells };
}

const errorsOf = (said: string) =>
  said.split("\n").filter((line) => line && !/^building/.test(line));

test("the three lines work as printed, a second start is refused, and Ctrl-C cuts nothing", async () => {
  const first = start();
  await first.tells("change it:");
  const line = (what: string) => new RegExp(`^${what}: +(.*)$`, "m").exec(first.said())![1]!;
  const typed = async (command: string) =>
    (await promisify(execFile)("sh", ["-c", command])).stdout;
  expect(await typed(line("call it"))).toContain('"x-greeting": "hello"');
  expect(await typed(line("without credentials"))).toMatch(/^HTTP\/1\.1 401 /);
  expect(await typed(line("change it"))).toContain('"state":"serving"');
  expect(await typed(line("call it"))).toContain('"x-greeting": "good day"');

  const management = /^management +(\S+):(\d+)(\S+)$/m.exec(first.said())!;
  const [, , port] = management;
  const second = start({ [portVariable("management")]: port });
  expect(await second.exited).toBe(1);
  expect(errorsOf(second.said())).toEqual([
    `error AP-INVALID: port ${port} for the management API is in use by another process; choose another with ` +
      "GATEWAY_CONTROLLER__SERVER__API_PORT=<port>",
  ]);

  let release = () => {};
  const released = new Promise<void>((resolve) => (release = resolve));
  const slow = await startUpstream(async () => {
    await released;
    return { body: "late" };
  });
  await fetch(`http://localhost:${port}${management[3]}/rest-apis?wait=10s`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(restApi("slow", slow.port)),
  });
  const traffic = /^traffic +(\S+)$/m.exec(first.said())![1]!;
  const answer = fetch(`${traffic}/slow/x`).then((received) => received.text());
  await eventually(() => expect(slow.seen.length).toBe(1));
  process.kill(-first.child.pid!, "SIGINT");
  await eventually(() => expect(first.said()).toContain("draining"));
  release();
  expect(await answer).toBe("late");
  expect(await first.exited).toBe(0);
  await slow.close();
});

test("what was changed is there at the next start", async () => {
  const next = start();
  await next.tells("change it:");
  const traffic = /^traffic +(\S+)$/m.exec(next.said())![1]!;
  const authorization = `Basic ${Buffer.from("ada:sample-password").toString("base64")}`;
  const answer = await fetch(`${traffic}/hello/world`, { headers: { authorization } });
  expect(await answer.text()).toContain('"x-greeting": "good day"');
  next.child.kill("SIGTERM");
  expect(await next.exited).toBe(0);
});

test.each([
  ["an Envoy that is none", { ENVOY: "/nowhere" }, /^error AP-INVALID: ENVOY: expected an exec/],
  [
    "a home that cannot be written",
    { HOME: "/dev/null", XDG_CACHE_HOME: "", ENVOY: process.execPath },
    /^error AP-INVALID: \/dev\/null\/.*: cannot be made: .*; set XDG_CACHE_HOME to a folder that can be written$/,
  ],
])("%s ends the start in one line", async (_, env, words) => {
  const { exited, said } = start({ XDG_CACHE_HOME: join(homedir(), ".cache"), ...env });
  expect(await exited).toBe(1);
  const lines = errorsOf(said());
  expect(lines).toEqual([expect.stringMatching(words)]);
});
