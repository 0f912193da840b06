import { Command } from "commander";
import type { Io } from "../io.ts";

export const envoy = (io: Io): Command =>
  new Command("envoy").description("the Envoy that this machine uses").addCommand(
    new Command("path")
      .description("print where it is, fetching it if there is none")
      .action(async () => {
        const { findEnvoy } = await import("../../controller/agent/find.ts");
        const found = await findEnvoy({ progress: io.progress });
        io.line(found.path);
      }),
  );
