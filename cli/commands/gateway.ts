/** `ap gateway …`: runs a gateway. */
import { Command, Option } from "commander";
import { UserError } from "../../controller/errors.ts";
import type { Io } from "../io.ts";
import type { BootstrapCommandOptions } from "../run/bootstrap.ts";
import { beginSmall } from "../run/heap.ts";
import { apply, diff, exportAll } from "./apply.ts";
import { explain } from "./explain.ts";
import { gatewayBook } from "./gateways.ts";
import { resourceCommands } from "./resources.ts";
import { status } from "./status.ts";

export const gateway = (io: Io): Command => {
  const command = new Command("gateway").description("run a gateway, and work with those that run");
  for (const verb of [
    ...[run(io), config(io), bootstrap(io)],
    ...gatewayBook(io),
    ...[apply(io), diff(io), status(io), exportAll(io), explain(io)],
    ...resourceCommands(io),
    image(),
  ])
    command.addCommand(verb);
  return command;
};

const collect = (value: string, all: string[]): string[] => [...all, value];

const run = (io: Io): Command =>
  new Command("run")
    .description("start the controller and an Envoy beside it")
    .option("--config <file>", "the configuration (gateway.yaml or /etc/gateway/config.yaml)")
    .option("--data <folder>", "where the store lies (data)")
    .option("--store <url>", "postgres://… in place of a SQLite file in the data folder")
    .option("--http-port <port>", "port for traffic (8080)")
    .option("--https-port <port>", "port for traffic over TLS (8443)")
    .option("--management-port <port>", "port of the management API (9090)")
    .option("--host <address>", "where the management and admin APIs and xDS listen (127.0.0.1)")
    .option(
      "--user <name:password>",
      "who may use the management API; may be repeated",
      collect,
      [],
    )
    .option("--no-envoy", "wait for Envoys that are started elsewhere")
    .option("--sample", "with a sample API and its upstream, if the store is empty")
    .option("--policies <folder...>", "policies of your own, linked in beside the shelf's")
    .optionsGroup("For an Envoy that follows controllers elsewhere:")
    .option(
      "--controller <url,…>",
      "https://host:port of each controller's xDS; runs no controller",
    )
    .option("--name <name>", "what this gateway is called (the host's name; a token's own wins)")
    .option("--state <folder>", "where the last known good is kept (data/agent)")
    .option("--token-file <file>", "this gateway's token for its controllers")
    .option("--ca <file>", "who signed the controllers' certificates, in PEM")
    .action(async ({ controller, name, state, tokenFile, ca, ...options }: RunOptions, command) => {
      if (controller === undefined) {
        refuse(command, "is for --controller", { name, state, tokenFile, ca });
        beginSmall();
        const { runGateway } = await import("../run/gateway.ts");
        return runGateway(options, io);
      }
      const { config, ...others } = options;
      refuse(command, "does not go with --controller", others);
      const { runAgent } = await import("../run/agent.ts");
      return runAgent({ controller, name, state, tokenFile, ca, config }, io);
    });

type RunOptions = import("../run/gateway.ts").RunOptions &
  Partial<import("../run/agent.ts").AgentRunOptions>;

/** An option that would be passed over in silence is an error. */
function refuse(command: Command, why: string, options: object): void {
  for (const option of command.options) {
    const name = option.attributeName();
    if (name in options && command.getOptionValueSource(name) === "cli")
      throw new UserError(`${option.long} ${why}`);
  }
}

/** Gateways elsewhere are built anew for a policy: whoever types that is told what there is here. */
function image(): Command {
  const build = new Command("build").description(
    "says that policies are published while gateways run, by ap policy publish",
  );
  const flags =
    "--name <x> --path <x> --repository <x> --push --no-cache --platform <x> --output-dir <x>";
  for (const [flag] of flags.matchAll(/--\S+( <x>)?/g))
    build.addOption(new Option(flag).hideHelp());
  build.action(async () => {
    const { CommandError, Exit } = await import("../errors.ts");
    throw new CommandError(
      "AP-NO-IMAGE",
      "no image has to be built: a policy is published while gateways run",
      Exit.Failed,
      "ap policy publish <folder>",
    );
  });
  return new Command("image").description("there are no images to build").addCommand(build);
}

/** Which verb is an argument, so that both share their words. */
const config = (io: Io): Command =>
  new Command("config")
    .description("show what a gateway here would be told, or check it")
    .argument("<print|check>", "print shows every value without secrets; check says what is wrong")
    .option("--config <file>", "in place of gateway.yaml or /etc/gateway/config.yaml")
    .action(async (verb: string, options: { config?: string }) => {
      const { showConfig } = await import("../run/config.ts");
      showConfig(verb, options.config, io);
    });

const bootstrap = (io: Io): Command =>
  new Command("bootstrap")
    .description("print the bootstrap of an Envoy that is started elsewhere")
    .requiredOption("--node <id>", "what this Envoy is called, such as edge-1")
    .option("--controller <host:port>", "a controller's xDS address; may be repeated", collect, [])
    .option("--admin-port <port>", "Envoy's admin port on 127.0.0.1", "9901")
    .option(
      "--max-heap-mb <MiB>",
      "the heap near which Envoy refuses requests (four fifths of this machine's memory)",
    )
    .option("--ca <file>", "who signed the controllers' certificates, in PEM, on Envoy's machine")
    .option("--cert <file>", "the certificate that Envoy shows to controllers that ask for one")
    .option("--key <file>", "its key")
    .option(
      "--server-name <name>",
      "what the controllers' certificate says (the first controller's host)",
    )
    .option("--token-file <file>", "this gateway's token for its controllers, read here")
    .action(async (options: BootstrapCommandOptions) => {
      const { printBootstrap } = await import("../run/bootstrap.ts");
      printBootstrap(options, io);
    });
