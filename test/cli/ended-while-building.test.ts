/** A gateway that is ended while its policies are still built leaves no compiler running. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { scaffold } from "../../cli/build/scaffold.ts";
import { eventually } from "../eventually.ts";

let folder: string;
beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), "sluice-ended-"))));
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Builds of a policy in this test's folder. */
async function builds(): Promise<string[]> {
  const ids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const lines = await Promise.all(
    ids.map((id) => readFile(`/proc/${id}/cmdline`, "utf8").catch(() => "")),
  );
  return lines.filter((line) => line.includes("policy\0build") && line.includes(folder));
}

test.runIf(process.platform === "linux")("SIGTERM ends the build too", async () => {
  // Nobody has built this one before, so nothing is taken from the cache.
  const made = await scaffold("late", folder);
  const args = ["dist/ap.js", "gateway", "run", "--no-envoy", "--policies", made];
  const gateway = spawn(process.execPath, [...args, "--data", join(folder, "data")], {
    stdio: "ignore",
  });
  const ended = once(gateway, "exit");
  await eventually(async () => expect(await builds()).toHaveLength(1));
  gateway.kill("SIGTERM");
  expect(await ended).toEqual([143, null]);
  await eventually(async () => expect(await builds()).toEqual([]));
});
