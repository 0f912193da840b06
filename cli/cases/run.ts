/** `ap policy run`: one module, some requests, and a report as JSON. */
import { readFile, stat } from "node:fs/promises";
import { UserError } from "../../controller/errors.ts";
import { parseUpstream, run, simulatorRunner, type RunReport } from "../../host-sim/index.ts";
import { envoyRunner } from "../../controller/lab/runner.ts";
import type { Io } from "../io.ts";
import { build } from "../build/index.ts";

export interface RunOptions {
  config: string;
  request: string[];
  header: string[];
  data?: string;
  upstream: string;
  envoy?: boolean;
}

export async function runModule(file: string, options: RunOptions, io: Io): Promise<RunReport> {
  const found = await stat(file).catch(() => {
    throw new UserError(`${file}: not found; expected a .wasm file or a policy's folder`);
  });
  const module = found.isDirectory()
    ? (await build([file])).wasm
    : new Uint8Array(await readFile(file));
  const configuration = await configurationOf(options.config);
  const headers = options.header.map((line): [string, string] => {
    const colon = line.indexOf(":");
    if (colon < 1) throw new UserError(`-H: expected "name: value", found ${JSON.stringify(line)}`);
    return [line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim()];
  });
  const body = options.data?.startsWith("@")
    ? new Uint8Array(await readFile(options.data.slice(1)))
    : options.data;
  const requests = (options.request.length ? options.request : ["GET /"]).map((line) => {
    const [method, path] = line.trim().split(/\s+/);
    if (!method || !path?.startsWith("/")) {
      throw new UserError(
        `--request: expected a method and a path such as 'POST /x', found '${line}'`,
      );
    }
    return { method, path, headers, ...(body !== undefined && { body }) };
  });
  const setup = {
    module,
    ...(configuration !== undefined && { configuration }),
    upstream: parseUpstream(options.upstream),
  };
  if (!options.envoy) return run(simulatorRunner(), setup, requests);
  const envoy = envoyRunner({ progress: io.progress });
  try {
    return await run(envoy, setup, requests);
  } finally {
    await envoy.close();
  }
}

async function configurationOf(option: string): Promise<string | undefined> {
  if (!option) return undefined;
  if (option.trimStart().startsWith("{")) return option;
  return readFile(option, "utf8").catch(() => {
    throw new UserError(`--config: expected a file or JSON, found ${option}`);
  });
}
