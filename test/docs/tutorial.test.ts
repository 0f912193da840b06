/** The tutorial, typed as it is printed: in an empty folder, with the packed package, against a real Envoy. */
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { packageRoot } from "../../cli/package-root.ts";

const run = promisify(execFile);
let folder: string;
let work: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sluice-tutorial-"));
  work = join(folder, "work");
  const quiet = ["--no-audit", "--no-fund", "--loglevel=error"];
  const { stdout } = await run("npm", ["pack", "--json", "--pack-destination", folder, ...quiet], {
    cwd: packageRoot,
    maxBuffer: 64 << 20,
  });
  const [{ filename }] = JSON.parse(stdout.slice(stdout.indexOf("["))) as [{ filename: string }];
  await writeFile(join(folder, "package.json"), '{"private":true}');
  await run("npm", ["install", join(folder, filename), "--prefer-offline", ...quiet], {
    cwd: folder,
  });
  await run("mkdir", [work]);
}, 300_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

const blocks = async (file: string): Promise<string[]> => {
  const text = await readFile(join(packageRoot, file), "utf8");
  return [...text.matchAll(/^```sh\n([^]*?)^```$/gm)].map(([, commands]) => commands!);
};

test("every block of the tutorial does what it says", async () => {
  const env = {
    ...process.env,
    PATH: [join(folder, "node_modules", ".bin"), process.env["PATH"]].join(delimiter),
  };
  const said: string[] = [];
  for (const commands of await blocks("docs/tutorial/first-policy.md")) {
    const { stdout } = await run("bash", ["-euc", commands], { cwd: work, env });
    said.push(stdout);
  }
  const all = said.join("\n");
  expect(all).toContain("2 passed, 0 failed, 0 skipped");
  expect(all).toContain("as expected: a case fails");
  expect(all).toContain("4 passed, 0 failed, 0 skipped");
  const [simulated, real] = said.at(-1)!.split(/\n(?=\{)/);
  expect(simulated).toContain("hello ada");
  expect(real).toContain("hello ada");
}, 300_000);
