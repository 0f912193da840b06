import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { cacheFolder, findEnvoy } from "../../../controller/agent/find.ts";
import { eventually } from "../../eventually.ts";
import { startUpstream } from "../../runners/upstream.ts";
import { restApi, startTestGateway } from "../fixtures/gateway.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sluice-agent-"));
});
afterAll(() => rm(folder, { recursive: true }));

const program = async (path: string) => {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, "#!/bin/sh\n");
  await chmod(path, 0o755);
  return path;
};

test("Envoy is looked for in ENVOY, then on the PATH, then in the cache", async () => {
  const [named, onPath] = [
    await program(join(folder, "named")),
    await program(join(folder, "bin/envoy")),
  ];
  const env = { XDG_CACHE_HOME: join(folder, "cache") };
  const cached = await program(join(cacheFolder(env), "envoy"));
  const PATH = dirname(onPath);
  expect(await findEnvoy({ env: { ...env, ENVOY: named, PATH } })).toEqual({
    path: named,
    from: "ENVOY",
  });
  expect(await findEnvoy({ env: { ...env, PATH } })).toEqual({ path: onPath, from: "PATH" });
  expect(await findEnvoy({ env: { ...env, PATH: "/nowhere" } })).toEqual({
    path: cached,
    from: "cache",
  });
});

test("without any Envoy, or with a wrong ENVOY, one line says what to do", async () => {
  const env = { XDG_CACHE_HOME: join(folder, "empty"), PATH: "/nowhere" };
  await expect(findEnvoy({ env, fetch: false })).rejects.toThrow(
    /set ENVOY, put envoy on the PATH, or run/,
  );
  await expect(findEnvoy({ env: { ...env, ENVOY: "/nowhere/envoy" } })).rejects.toThrow(
    "ENVOY: expected an executable file, found /nowhere/envoy",
  );
});

test("an Envoy that ends by itself is started again and serves what it served", async () => {
  const t = await startTestGateway();
  await t.manage("POST", "/rest-apis?wait=10s", restApi("a", t.upstream.port));
  const first = t.gateway.envoy!.current()!.pid;
  process.kill(first, "SIGKILL");
  await eventually(() => expect(t.gateway.envoy!.current()?.pid ?? first).not.toBe(first));
  await t.gateway.ready();
  expect((await t.request("/a/x")).status).toBe(200);
  expect(t.gateway.envoy!.restarts()).toBe(1);
  expect(t.logs.join("\n")).toContain("Envoy ended with SIGKILL; starting again");
  await t.close();
});

test("a gateway that is told to end lets the requests that run finish first", async () => {
  const slow = await startUpstream({ delayMs: 300, body: "late" });
  const t = await startTestGateway();
  await t.manage("POST", "/rest-apis?wait=10s", restApi("a", slow.port));
  const answer = t.request("/a/x");
  await eventually(() => expect(slow.seen.length).toBe(1));
  await t.gateway.stop(5_000);
  expect((await answer).text).toBe("late");
  await t.close();
  await slow.close();
});
