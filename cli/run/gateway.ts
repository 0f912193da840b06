/** `ap gateway run`: everything in one process, until a signal ends it. */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { UserError } from "../../controller/errors.ts";
import { startGateway } from "../../controller/gateway.ts";
import type { Io } from "../io.ts";
import { portOf } from "./bootstrap.ts";
import { startEcho } from "./echo.ts";
import { addSample, sampleLines } from "./sample.ts";
import { shelfModule } from "./shelf.ts";

export interface RunOptions {
  data: string;
  store?: string;
  httpPort: string;
  httpsPort: string;
  managementPort: string;
  host: string;
  user: string[];
  envoy: boolean;
  sample?: boolean;
  policies?: string[];
}

export async function runGateway(options: RunOptions, io: Io): Promise<void> {
  const log = (line: string): void => io.err(`${line}\n`);
  const users = options.user.map(userOf);
  if (!users.length && !/^(127\.|::1$|localhost$)/.test(options.host)) {
    throw new UserError(
      `--host ${options.host}: an open management API is for loopback only; add --user name:password`,
    );
  }
  const ports = {
    http: portOf("--http-port", options.httpPort),
    https: portOf("--https-port", options.httpsPort),
    management: portOf("--management-port", options.managementPort),
  };
  await mkdir(options.data, { recursive: true });
  const module = await shelfModule(options.policies ?? [], log);
  const gateway = await startGateway({
    store: options.store ?? join(options.data, "gateway.db"),
    host: options.host,
    envoy: options.envoy ? "spawn" : "none",
    users,
    ports,
    module,
    log,
  });
  const echo = options.sample ? await startEcho(await addSample(gateway, users[0])) : null;
  if (options.envoy) await gateway.ready(30_000);
  io.line(`traffic     http://localhost:${gateway.ports.http}`);
  io.line(`management  http://localhost:${gateway.ports.management}/api/management/v1`);
  if (echo) for (const line of sampleLines(gateway.ports)) io.line(line);
  await new Promise<void>((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => resolve());
  });
  log("draining …");
  await gateway.stop(2_000);
  await echo?.close();
}

function userOf(text: string): { username: string; password: string; roles: ["admin"] } {
  const colon = text.indexOf(":");
  if (colon < 1 || colon === text.length - 1) {
    throw new UserError("--user: expected name:password");
  }
  return { username: text.slice(0, colon), password: text.slice(colon + 1), roles: ["admin"] };
}
