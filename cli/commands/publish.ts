/** `ap policy publish | rollback | history | list`: which policies a gateway has. */
import { Command } from "commander";
import type { Publication } from "../client/publish.ts";
import type { Io } from "../io.ts";
import { remote, show, type Remote } from "./remote.ts";

export const publishing = (io: Io): Command[] => [publish(io), rollback(io), history(io), list(io)];

const wait = (command: Command): Command =>
  remote(command).option("--wait <time>", "how long to wait for the gateways", "10s");

interface PublishOptions extends Remote {
  wait: string;
}

const told = (io: Io, options: Remote, done: Publication): void => {
  show(io, options, done, () => [
    ["GATEWAY", "STATE", "REASON"],
    ...done.gateways.map(({ id, state, reason = "" }) => [id, state, reason]),
    [
      `module ${done.hash.slice(0, 12)}`,
      done.served ? "is served" : "is not served everywhere",
      "",
    ],
  ]);
  if (!done.served) io.exitCode = 1;
};

const publish = (io: Io): Command =>
  wait(new Command("publish"))
    .description("link policies into a gateway's module and let it serve")
    .argument("<folder...>", "policy folders, or one finished .wasm")
    .action(async (inputs: string[], options: PublishOptions) => {
      const { GatewayApi } = await import("../client/api.ts");
      const { linked, publish } = await import("../client/publish.ts");
      const api = await GatewayApi.of(options);
      io.progress("building …");
      const module = await linked(api, inputs);
      io.progress("publishing …");
      told(io, options, await publish(api, module, options.wait));
    });

const rollback = (io: Io): Command =>
  wait(new Command("rollback"))
    .description("go back to the module before, or to one of the history")
    .argument("[hash]", "of the history")
    .action(async (hash: string | undefined, options: PublishOptions) => {
      const { GatewayApi } = await import("../client/api.ts");
      const { rollBack } = await import("../client/publish.ts");
      told(io, options, await rollBack(await GatewayApi.of(options), options.wait, hash));
    });

const history = (io: Io): Command =>
  remote(new Command("history"))
    .description("list the modules that a gateway has had")
    .action(async (options: Remote) => {
      const { GatewayApi } = await import("../client/api.ts");
      const { modulesOf } = await import("../client/publish.ts");
      const modules = await modulesOf(await GatewayApi.of(options));
      show(io, options, modules, () => [
        ["HASH", "UPLOADED", "POLICIES", "SERVES"],
        ...modules.map(({ hash, uploadedAt, policies, serving }) => [
          ...[hash.slice(0, 12), uploadedAt, String(policies.length)],
          serving ? "yes" : "",
        ]),
      ]);
    });

const list = (io: Io): Command =>
  remote(new Command("list"))
    .description("list the policies that a gateway has")
    .action(async (options: Remote) => {
      const { GatewayApi } = await import("../client/api.ts");
      const { body } = await (await GatewayApi.of(options)).send("GET", "/policies");
      const policies = body["policies"] as { name: string; version: string; description: string }[];
      show(io, options, policies, () => [
        ["NAME", "VERSION", "DOES"],
        ...policies.map(({ name, version, description }) => [
          ...[name, version],
          description.split(/(?<=\.)\s/)[0] ?? "",
        ]),
      ]);
    });
