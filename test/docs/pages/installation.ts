/** The package as a user gets it: packed, and installed in an empty folder outside of the repository. */
import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { packageRoot } from "../../../cli/package-root.ts";

const run = promisify(execFile);
const cache = join("build", "cache");

export interface Installation {
  folder: string;
  env: NodeJS.ProcessEnv;
  /** A copy of the repository as a clone would have it, with the packages that are here. */
  clone(): Promise<string>;
  remove(): Promise<void>;
}

export async function install(): Promise<Installation> {
  const folder = await mkdtemp(join(tmpdir(), "sluice-pages-"));
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
  await copyShelf(join(folder, "node_modules", "sluice"));
  const home = join(folder, "home");
  await mkdir(home);
  return {
    folder,
    env: {
      ...process.env,
      HOME: home,
      // An Envoy that is here already is not fetched again.
      XDG_CACHE_HOME: process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"),
      PATH: [join(folder, "node_modules", ".bin"), process.env["PATH"]].join(delimiter),
    },
    clone: () => clone(join(folder, "clone")),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

async function clone(to: string): Promise<string> {
  const { stdout } = await run("git", ["ls-files", "--cached", "--others", "--exclude-standard"], {
    cwd: packageRoot,
    maxBuffer: 64 << 20,
  });
  for (const file of stdout.split("\n").filter(Boolean))
    await cp(join(packageRoot, file), join(to, file)).catch(() => {});
  await run("cp", ["-RL", join(packageRoot, "node_modules"), join(to, "node_modules")]);
  await copyShelf(to);
  return to;
}

/** The shelf's policies as they were built before, if they were: that takes ten seconds of each run. */
const copyShelf = (to: string): Promise<void> =>
  cp(join(packageRoot, cache), join(to, cache), { recursive: true }).catch(() => {});
