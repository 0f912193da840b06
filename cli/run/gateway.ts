/** `ap gateway run`: everything in one process, until a signal ends it. */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { startGateway } from "../../controller/gateway.ts";
import type { RunOptions } from "../commands/gateway.ts";
import type { Io } from "../io.ts";
import { startEcho } from "./echo.ts";
import { addSample, sampleLines } from "./sample.ts";
import { shelfModule } from "./shelf.ts";

export async function runGateway(options: RunOptions, io: Io): Promise<void> {
  const log = (line: string): void => io.err(`${line}\n`);
  await mkdir(options.data, { recursive: true });
  const module = await shelfModule(options.policies ?? [], log);
  const gateway = await startGateway({
    store: join(options.data, "gateway.db"),
    ports: {
      http: Number(options.httpPort),
      management: Number(options.managementPort),
      https: null,
    },
    module,
    log,
  });
  const echo = options.sample ? await startEcho(await addSample(gateway)) : null;
  await gateway.ready(30_000);
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
