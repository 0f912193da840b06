/** `ap gateway run`: everything in one process, until a signal ends it. */
import { join } from "node:path";
import { reason, UserError } from "../../controller/errors.ts";
import { milliseconds } from "../../controller/config/field.ts";
import { loadConfig } from "../../controller/config/load.ts";
import { gatewayOptions } from "../../controller/config/options.ts";
import { startGateway, type Ports } from "../../controller/gateway.ts";
import { leveledLog } from "../../controller/log.ts";
import type { Io } from "../io.ts";
import { certificateFiles, followCertificates } from "./certificates.ts";
import { fitHeap } from "./heap.ts";
import { portOf } from "./bootstrap.ts";
import { startEcho } from "./echo.ts";
import { patientOutput } from "./output.ts";
import { addSample, sampleLines } from "./sample.ts";
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
  const module = await shelfModule(options.policies ?? [], write);
  const gateway = await startGateway({
    ...told,
    ...(options.data !== undefined && { store: join(options.data, "gateway.db") }),
    ...(options.store !== undefined && { store: options.store }),
    ...(options.host !== undefined && { host: options.host }),
    ...{ users, module, log },
    announce: (line) => io.line(line),
    print,
    sized: fitHeap,
    envoy: options.envoy ? "spawn" : "none",
    ports: { ...told.ports, ...portsOf(options) },
  });
  const echo = options.sample ? await startEcho(await addSample(gateway)) : null;
  if (options.envoy)
    await gateway.ready(30_000).catch(async (error: unknown) => {
      await gateway.stop();
      throw new UserError(`Envoy does not take requests: ${reason(error)}; its log above says why`);
    });
  if (options.envoy) io.line(`traffic     http://localhost:${gateway.ports.http}`);
  else io.line(`gateways    follow localhost:${gateway.ports.xds}`);
  io.line(`management  http://localhost:${gateway.ports.management}/api/management/v1`);
  if (echo) for (const line of sampleLines(gateway.ports)) io.line(line);
  renewOnSignal(() => gateway.envoy, write);
  const unfollow = followCertificates({
    files: certificateFiles(config),
    renew: () => gateway.renewTls(gatewayOptions(config)),
    log,
  });
  await aborted(toldToEnd());
  unfollow();
  write("draining …");
  await gateway.stop(milliseconds(config.controller.server.shutdown_timeout));
  await echo?.close();
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
