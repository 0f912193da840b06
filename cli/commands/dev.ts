import { Command } from "commander";
import type { Io } from "../io.ts";

export const dev = (io: Io): Command =>
  new Command("dev")
    .description("serve API files on the simulator, rebuild on save, show each request's way")
    .argument("<file...>", "API files, or folders of them")
    .option("-p, --port <port>", "port for traffic", "8080")
    .option("--policies <folder...>", "policies of your own, beside the shelf's")
    .option("-q, --quiet", "do not show requests")
    .action(async (files: string[], options: import("../dev/run.ts").DevOptions) => {
      const { runDev } = await import("../dev/run.ts");
      const { interrupted } = await import("../signal.ts");
      await runDev(files, options, io, interrupted());
    });
