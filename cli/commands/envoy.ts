import { Command } from "commander";
import type { Io } from "../io.ts";

export const envoy = (io: Io): Command =>
  new Command("envoy")
    .description("the Envoy that this machine uses")
    .addCommand(
      new Command("install")
        .description("fetch the Envoy that this version was made for, unless there is one")
        .action(async () => {
          const { path, from } = await find(io);
          io.line(`${path} (${from})`);
        }),
    )
    .addCommand(
      new Command("path")
        .description("print where it is, fetching it if there is none")
        .action(async () => io.line((await find(io)).path)),
    );

async function find(io: Io): Promise<{ path: string; from: string }> {
  const { findEnvoy } = await import("../../controller/agent/find.ts");
  return findEnvoy({ progress: (line) => io.err(`${line}\n`) });
}
