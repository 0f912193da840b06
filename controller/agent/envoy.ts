/**
 * One Envoy process: started, waited for, watched, and ended.
 *
 * Envoy asks the kernel to end it when the thread that started it ends, so none outlives its controller.
 */
import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Log } from "../log.ts";
import { UserError } from "../errors.ts";
import { eachLine } from "../observe/lines.ts";
import { Hopeless, until } from "../until.ts";
import type { JsonObject } from "../xds/protos.ts";

export interface EnvoyOptions {
  path: string;
  bootstrap: JsonObject;
  /** Worker threads; Envoy's own default is one per core. */
  concurrency?: number;
  logLevel?: "trace" | "debug" | "info" | "warning" | "error" | "critical";
  log?: Log;
  /** Takes the lines of its standard output, where its access logs are; `log` unless given. */
  output?: (line: string) => void;
  /** How long connections of a listener that is gone may stay; Envoy's own default is 600. */
  drainSeconds?: number;
  /** How long the admin port may take to appear. */
  startTimeoutMs?: number;
  /** Takes the listening sockets over from this one, which lets its requests end and goes. */
  successorOf?: Envoy;
  /** How long the one before may take for that; 15 s unless told otherwise. */
  handoverS?: number;
}

export interface Envoy {
  pid: number;
  /** How a successor finds it. */
  baseId: number;
  epoch: number;
  adminPort: number;
  /** Answers of Envoy's admin, for example `admin("/ready")`. */
  admin(path: string, method?: "GET" | "POST"): Promise<string>;
  /** Settles when the process has gone, whatever the cause, with its code or the signal that ended it. */
  exited: Promise<number | string>;
  /** Asks it to end, and ends it after `graceMs`. */
  stop(graceMs?: number): Promise<void>;
}

/** What has ended is read to its end for no longer than this. */
const lastWordsMs = 5_000;

/** How long a line of an access log may stay in Envoy; its own default is 10 s. */
const flushMs = 250;

/** Settles when the admin answers, which is before the first resources came. */
export async function startEnvoy(options: EnvoyOptions): Promise<Envoy> {
  const folder = await mkdtemp(join(tmpdir(), "sluice-"));
  const config = join(folder, "bootstrap.json");
  const addressFile = join(folder, "admin");
  const baseIdFile = join(folder, "base-id");
  await writeFile(config, JSON.stringify(options.bootstrap), { mode: 0o600 });
  const child = spawn(
    options.path,
    [
      ...["-c", config, "--admin-address-path", addressFile, "--base-id-path", baseIdFile],
      ...placeInLine(options),
      ...["--log-level", options.logLevel ?? "warning", "--log-format", "%L %n %v"],
      ...["--file-flush-interval-msec", String(flushMs)],
      ...(options.concurrency ? ["--concurrency", String(options.concurrency)] : []),
    ],
    {
      stdio: ["ignore", "pipe", "pipe"],
      env: withoutSecrets(process.env),
      // Ctrl-C reaches every process of a terminal's group, and would end it with its requests.
      detached: true,
    },
  );
  const lastLines: string[] = [];
  eachLine(child.stderr, (line) => {
    lastLines.push(line);
    if (lastLines.length > 20) lastLines.shift();
    options.log?.(line);
  });
  eachLine(child.stdout, (line) => (options.output ?? options.log)?.(line));
  const exited = new Promise<number | string>((resolve) => {
    child.once("error", ({ message }) => resolve(message));
    child.once("exit", (code, signal) => {
      const end = () => resolve(code ?? signal ?? "nothing");
      // What it said last may still be in its pipes, which whoever it started may hold open.
      const timer = setTimeout(end, lastWordsMs);
      child.once("close", () => (clearTimeout(timer), end()));
    });
  }).finally(() => rm(folder, { recursive: true, force: true }));

  const gone = exited.then((code) => {
    throw new UserError(`Envoy ended with ${code} while starting:\n${lastLines.join("\n")}`);
  });
  let isGone = false;
  gone.catch(() => void (isGone = true));
  const address = async () => {
    // Who has ended will not say it: waiting on would keep this process.
    if (isGone) throw new Hopeless("Envoy has ended");
    return portOf(await readFile(addressFile, "utf8"));
  };
  const adminPort = await Promise.race([
    gone,
    until(address, options.startTimeoutMs ?? 15_000),
  ]).catch((error) => {
    child.kill("SIGKILL");
    throw error;
  });

  const { successorOf } = options;
  return {
    pid: child.pid!,
    adminPort,
    baseId: successorOf?.baseId ?? Number(await readFile(baseIdFile, "utf8")),
    epoch: successorOf ? successorOf.epoch + 1 : 0,
    admin: async (path, method = "GET") =>
      (await fetch(`http://127.0.0.1:${adminPort}${path}`, { method })).text(),
    exited,
    stop: async (graceMs = 2_000) => {
      child.kill("SIGTERM");
      const timer = setTimeout(() => child.kill("SIGKILL"), graceMs);
      await exited;
      clearTimeout(timer);
    },
  };
}

/** Passwords and keys of the configuration stand in the environment, and Envoy can print its own with `%ENVIRONMENT()%`. */
const withoutSecrets = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(env).filter(([name]) => needed.test(name)));

const needed =
  /^(PATH|HOME|TMPDIR|TZ|LANG|LC_.*|LD_LIBRARY_PATH|DYLD_.*|SSL_CERT_(FILE|DIR)|ASAN_.*)$/;

function placeInLine({ successorOf, handoverS = 15, drainSeconds }: EnvoyOptions): string[] {
  const times = ["--drain-time-s", String(drainSeconds ?? Math.ceil(handoverS / 2))];
  times.push("--parent-shutdown-time-s", String(handoverS));
  return successorOf
    ? [
        ...["--base-id", String(successorOf.baseId)],
        ...["--restart-epoch", String(successorOf.epoch + 1), ...times],
      ]
    : ["--use-dynamic-base-id", ...times];
}

function portOf(address: string): number {
  const port = Number(address.trim().split(":").at(-1));
  if (!port) throw new Error(`Envoy's admin address is not known yet: ${address}`);
  return port;
}
