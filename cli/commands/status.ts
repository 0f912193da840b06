/** `ap status`: which gateways serve which revision of each API, and the reason when one does not. */
import { Command } from "commander";
import type { Io } from "../io.ts";
import { remote, show, type Remote } from "./remote.ts";

export const status = (io: Io): Command =>
  remote(new Command("status"))
    .description("show which gateways serve which revision; exit code 1 if one does not")
    .argument("[api]", "only this API")
    .option("--watch", "look again every second, until Ctrl-C")
    .action(async (name: string | undefined, options: Remote & { watch?: boolean }) => {
      const { GatewayApi } = await import("../client/api.ts");
      const { statusOf } = await import("../client/status.ts");
      const api = await GatewayApi.of(options, io);
      for (;;) {
        const { rows, behind } = await statusOf(api, name);
        show(io, options, rows, () => [
          ["API", "REVISION", "STATE", "GATEWAY", "SERVES", "REASON"],
          ...rows.map((row) => [
            ...[row.api, String(row.revision), row.state, row.gateway],
            row.serves,
            row.reason,
          ]),
        ]);
        io.exitCode = behind ? 1 : 0;
        if (!options.watch) return;
        await new Promise((resolve) => setTimeout(resolve, 1_000));
      }
    });
