/** `ap gateway …`: runs a gateway, and talks to one. */
import { Command } from "commander";
import type { Io } from "../io.ts";

export const gateway = (io: Io): Command =>
  new Command("gateway").description("run a gateway").addCommand(run(io));

export interface RunOptions {
  data: string;
  httpPort: string;
  managementPort: string;
  sample?: boolean;
  policies?: string[];
}

const run = (io: Io): Command =>
  new Command("run")
    .description("start the controller and an Envoy beside it")
    .option("--data <folder>", "where the store lies", "data")
    .option("--http-port <port>", "port for traffic", "8080")
    .option("--management-port <port>", "port of the management API", "9090")
    .option("--sample", "with a sample API and its upstream, if the store is empty")
    .option("--policies <folder...>", "policies of your own, linked in beside the shelf's")
    .action(async (options: RunOptions) => {
      const { runGateway } = await import("../run/gateway.ts");
      await runGateway(options, io);
    });
