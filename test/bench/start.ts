/**
 * `npm start` to the first answered request: cold, in a clone of what is committed here and a home that has nothing, so that
 * packages, Envoy and policies are fetched and built; then warm. Needs the default ports. `ROUNDS` sets the warm starts.
 */
import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const folder = mkdtempSync(join(tmpdir(), "sluice-start-"));
const clone = join(folder, "clone");
execFileSync("git", ["clone", "--quiet", process.cwd(), clone]);

const credentials = Buffer.from("ada:sample-password").toString("base64");
const isServed = (): Promise<boolean> =>
  fetch("http://localhost:8080/hello/world", { headers: { authorization: `Basic ${credentials}` } })
    .then((answer) => answer.status === 200)
    .catch(() => false);

/** Seconds. */
async function start(): Promise<number> {
  const began = performance.now();
  const env = { ...process.env, HOME: folder, XDG_CACHE_HOME: "" };
  const npm = spawn("npm", ["start"], { cwd: clone, env, stdio: "ignore" });
  const ended = new Promise((resolve) => npm.once("exit", resolve));
  let isOver = false;
  void ended.then(() => (isOver = true));
  while (!(await isServed())) {
    if (isOver) throw new Error("npm start ended");
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const took = (performance.now() - began) / 1_000;
  npm.kill("SIGTERM");
  await ended;
  while (await isServed()) await new Promise((resolve) => setTimeout(resolve, 20));
  return took;
}

try {
  console.log(`cold: ${(await start()).toFixed(1)} s`);
  const warm: string[] = [];
  for (let i = 0; i < Number(process.env["ROUNDS"] ?? 5); i++)
    warm.push((await start()).toFixed(1));
  console.log(`warm: ${warm.join(", ")} s`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
