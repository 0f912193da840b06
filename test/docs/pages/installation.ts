/** The package as a user gets it: packed, and installed in an empty folder outside of the repository. */
import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { packageRoot } from "../../../cli/package-root.ts";

const run = promisify(execFile);

export interface Installation {
  folder: string;
  env: NodeJS.ProcessEnv;
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
  // The shelf's policies as they were built before, if they were: that takes ten seconds of each run.
  const cache = join("build", "cache");
  await cp(join(packageRoot, cache), join(folder, "node_modules", "sluice", cache), {
    recursive: true,
  }).catch(() => {});
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
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
