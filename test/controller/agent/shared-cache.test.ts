/** A cache that others may write to: what they left there must not be run. */
import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { cacheFolder, findEnvoy } from "../../../controller/agent/find.ts";

let cache: string;
let env: NodeJS.ProcessEnv;
beforeEach(async () => {
  cache = await mkdtemp(join(tmpdir(), "sluice-cache-"));
  env = { XDG_CACHE_HOME: cache, PATH: "" };
  await mkdir(cacheFolder(env), { recursive: true });
  await writeFile(join(cacheFolder(env), "envoy"), "#!/bin/sh\n", { mode: 0o755 });
});
afterEach(() => rm(cache, { recursive: true }));

const found = () => findEnvoy({ env, fetch: false });

test("an Envoy of this user is taken from the cache", async () => {
  await expect(found()).resolves.toMatchObject({ from: "cache" });
});

test("one that everybody may write is not", async () => {
  await chmod(join(cacheFolder(env), "envoy"), 0o777);
  await expect(found()).rejects.toThrow("that others cannot write");
});

test("nor is one in a folder where everybody may put another in its place", async () => {
  await chmod(cacheFolder(env), 0o777);
  await expect(found()).rejects.toThrow("that others cannot write");
});
