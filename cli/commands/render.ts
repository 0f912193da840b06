/** `ap render`: what a gateway would make of files, told without one. */
import { Command } from "commander";
import type { Io } from "../io.ts";
import { collect, show, standardInput, withOutput, type Remote } from "./remote.ts";

interface RenderOptions extends Remote {
  file: string[];
  config?: string;
  policies?: string[];
  module?: string;
}

export const render = (io: Io): Command =>
  withOutput(new Command("render"))
    .description(
      "check files as a gateway does, and show the routes, chains and Envoy resources that they become; asks no gateway",
    )
    .requiredOption(
      "-f, --file <path>",
      "a file, a folder, a pattern, or - for standard input; may be repeated",
      collect,
      [],
    )
    .option("--config <file>", "the configuration of the gateway that is meant")
    .option("--policies <folder...>", "policies of your own, beside the shelf's")
    .option("--module <file>", "a finished module, in place of the shelf's policies")
    .action(async (options: RenderOptions) => {
      const { readResources } = await import("../apply/documents.ts");
      const { gatewayFrom } = await import("../render/gateway-from.ts");
      const { render } = await import("../render/render.ts");
      const resources = await readResources(options.file, standardInput);
      const given = await gatewayFrom(options, (text) => io.progress(text));
      const { remarks, ...rendered } = await render(resources, given);
      io.remarks(remarks);
      show(io, options, rendered, () => [
        ["API", "ROUTE", "HOSTS", "POLICIES"],
        ...rendered.routes.map(({ api, route, hosts, chain }) => [
          ...[api, route, hosts.join(" ")],
          chain.map(({ name }) => name).join(", ") || "-",
        ]),
      ]);
    });
