/** `ap gateway run`: everything in one process, until a signal ends it. */
import { join } from "node:path";
import { findEnvoy } from "../../controller/agent/find.ts";
import { reason, UserError } from "../../controller/errors.ts";
import { milliseconds } from "../../controller/config/field.ts";
import { loadConfig } from "../../controller/config/load.ts";
import { gatewayOptions } from "../../controller/config/options.ts";
import { startGateway, type Gateway, type Ports } from "../../controller/gateway.ts";
import { leveledLog } from "../../controller/log.ts";
import type { Io } from "../io.ts";
import { certificateFiles, followCertificates } from "./certificates.ts";
import { fitHeap } from "./heap.ts";
import { portOf } from "./bootstrap.ts";
import type { Echo } from "./echo.ts";
import { patientOutput } from "./output.ts";
import { expectPorts } from "./ports.ts";
import { sampleLines, startSample } from "./sample.ts";
import { shelfModule } from "./shelf.ts";
import { aborted, renewOnSignal, toldToEnd } from "./signals.ts";

export interface RunOptions {
  config?: string;
  data?: string;
  store?: string;
  httpPort?: string;
  httpsPort?: string;
  managementPort?: string;
  host?: string;
  user: string[];
  envoy: boolean;
  sample?: boolean;
  policies?: string[];
}

export async function runGateway(options: RunOptions, io: Io): Promise<void> {
  const { print, log: write } = patientOutput(io);
  const { config, warnings } = loadConfig(
    options.config === undefined ? {} : { file: options.config },
  );
  const log = leveledLog(write, config.controller.logging);
  for (const warning of warnings) log(`warning: ${warning}`);
  const told = gatewayOptions(config);
  const users = [...options.user.map(userOf), ...(told.users ?? [])];
  const where = {
    ...(told.trafficHost !== undefined && { trafficHost: told.trafficHost }),
    host: options.host ?? told.host ?? "127.0.0.1",
    envoy: options.envoy ? ("spawn" as const) : ("none" as const),
    ports: { ...told.ports, ...portsOf(options) },
  };
  // What may be missing is looked for before anything takes long.
  await expectPorts(where);
  const envoyPath = options.envoy ? (await findEnvoy({ progress: write })).path : undefined;
  const module = await shelfModule(options.policies ?? [], write);
  const ending = toldToEnd();
  const gateway = await startGateway({
    ...told,
    ...(options.data !== undefined && { store: join(options.data, "gateway.db") }),
    ...(options.store !== undefined && { store: options.store }),
    ...where,
    ...{ users, module, log, print },
    ...(envoyPath !== undefined && { envoyPath }),
    announce: (line) => io.line(line),
    sized: fitHeap,
  });
  let echo: Echo | null = null;
  let drainMs = 0;
  try {
    if (options.sample) echo = await startSample(gateway, log);
    if (options.envoy) await Promise.race([takesRequests(gateway), aborted(ending)]);
    if (ending.aborted) return;
    tellWhere(gateway, options, io);
    renewOnSignal(() => gateway.envoy, write);
    const unfollow = followCertificates({
      files: certificateFiles(config),
      renew: () => gateway.renewTls(gatewayOptions(config)),
      log,
    });
    await aborted(ending);
    unfollow();
    write("draining …");
    drainMs = milliseconds(config.controller.server.shutdown_timeout);
  } finally {
    await gateway.stop(drainMs);
    await echo?.close();
  }
}

const takesRequests = (gateway: Gateway): Promise<void> =>
  gateway.ready(30_000).catch((error: unknown) => {
    throw new UserError(`Envoy does not take requests: ${reason(error)}; its log above says why`);
  });

function tellWhere({ ports }: Gateway, { envoy, sample }: RunOptions, io: Io): void {
  if (envoy) io.line(`traffic     http://localhost:${ports.http}`);
  else io.line(`gateways    follow localhost:${ports.xds}`);
  io.line(`management  http://localhost:${ports.management}/api/management/v1`);
  if (sample) for (const line of sampleLines(ports)) io.line(line);
}

/** What the command line says wins over the configuration. */
function portsOf({ httpPort, httpsPort, managementPort }: RunOptions): Partial<Ports> {
  return {
    ...(httpPort !== undefined && { http: portOf("--http-port", httpPort) }),
    ...(httpsPort !== undefined && { https: portOf("--https-port", httpsPort) }),
    ...(managementPort !== undefined && {
      management: portOf("--management-port", managementPort),
    }),
  };
}

function userOf(text: string): { username: string; password: string; roles: ["admin"] } {
  const colon = text.indexOf(":");
  if (colon < 1 || colon === text.length - 1) {
    throw new UserError("--user: expected name:password");
  }
  return { username: text.slice(0, colon), password: text.slice(colon + 1), roles: ["admin"] };
}
