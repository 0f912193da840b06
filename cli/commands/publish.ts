/** `ap policy publish | rollback | history | list`: which policies a gateway has. */
import { Command } from "commander";
import type { GatewayApi } from "../client/api.ts";
import type { Counters } from "../../controller/canary/counters.ts";
import type { Publication } from "../publish/publish.ts";
import type { Io } from "../io.ts";
import { remote, show, type Remote } from "./remote.ts";

export const publishing = (io: Io): Command[] => [publish(io), rollback(io), history(io), list(io)];

const wait = (command: Command): Command =>
  remote(command).option("--wait <time>", "how long to wait for the gateways", "10s");

interface PublishOptions extends Remote {
  wait: string;
  canary?: string;
  for: string;
  watch?: boolean;
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
    .option(
      "--canary <share>",
      "such as 10%: that share of the gateways, at least one, tries it before all get it",
    )
    .option("--for <time>", "how long they try it", "30s")
    .option("--watch", "again on every save, until Ctrl-C; with the policies that APIs use")
    .action(async (inputs: string[], options: PublishOptions) => {
      const { GatewayApi } = await import("../client/api.ts");
      const { linked, publish } = await import("../publish/publish.ts");
      if (options.watch) return watch(io, inputs, options);
      const api = await GatewayApi.of(options, io);
      io.progress("building …");
      const module = await linked(api, inputs);
      if (options.canary !== undefined) return tryOnSome(io, api, module, options);
      io.progress("publishing …");
      told(io, options, await publish(api, module, options.wait));
    });

async function watch(io: Io, inputs: string[], options: PublishOptions): Promise<void> {
  const { GatewayApi } = await import("../client/api.ts");
  const { publishAndWatch } = await import("../publish/watch.ts");
  const { interrupted } = await import("../signal.ts");
  const { usage } = await import("../errors.ts");
  if (options.canary !== undefined) throw usage("--watch: does not go with --canary");
  if (inputs.some((input) => input.endsWith(".wasm")))
    throw usage("--watch: expected policy folders, found a finished module");
  const api = await GatewayApi.of(options, io);
  await publishAndWatch(api, inputs, io, {
    ...{ wait: options.wait, signal: interrupted() },
    told: (done, took) => {
      if (options.output !== "table") return show(io, options, { ...done, took }, () => []);
      const is = done.served ? "is served" : "is not served everywhere";
      io.line(
        `module ${done.hash.slice(0, 12)} ${is} after ${took.served} ms (built in ${took.built})`,
      );
    },
  });
}

async function tryOnSome(
  io: Io,
  api: GatewayApi,
  module: Uint8Array,
  options: PublishOptions,
): Promise<void> {
  const { tryFirst } = await import("../publish/canary.ts");
  const { interrupted } = await import("../signal.ts");
  let said = "";
  const done = await tryFirst(api, module, {
    ...{ share: options.canary!, duration: options.for, signal: interrupted() },
    told: ({ state, gateways }) => {
      if (state !== said && state === "trying") io.progress(`trying on ${gateways.join(", ")} …`);
      said = state;
    },
  });
  show(io, options, done, () => [
    ["", "GATEWAYS", "REQUESTS", "5XX", "FAULTS"],
    ["tried", ...counted(done.gateways, done.canary)],
    [done.others.length > 0 ? "others" : "before", ...counted(done.others, done.usual)],
    [`module ${done.hash.slice(0, 12)}`, `is ${done.state}`, done.reason ?? ""],
  ]);
  if (done.state !== "promoted") io.exitCode = 1;
}

const counted = (gateways: string[], { requests, failures, faults }: Counters): string[] => [
  gateways.join(" "),
  ...[requests, failures, faults].map(String),
];

const rollback = (io: Io): Command =>
  wait(new Command("rollback"))
    .description("go back to the module before, or to one of the history")
    .argument("[hash]", "of the history")
    .action(async (hash: string | undefined, options: PublishOptions) => {
      const { GatewayApi } = await import("../client/api.ts");
      const { rollBack } = await import("../publish/publish.ts");
      told(io, options, await rollBack(await GatewayApi.of(options, io), options.wait, hash));
    });

const history = (io: Io): Command =>
  remote(new Command("history"))
    .description("list the modules that a gateway has had")
    .action(async (options: Remote) => {
      const { GatewayApi } = await import("../client/api.ts");
      const { modulesOf } = await import("../publish/publish.ts");
      const { remarksOn } = await import("../publish/stand-in.ts");
      const modules = await modulesOf(await GatewayApi.of(options, io));
      io.remarks(remarksOn(modules));
      show(io, options, modules, () => [
        ["HASH", "UPLOADED", "POLICIES", "SERVES"],
        ...modules.map(({ hash, uploadedAt, policies, serving, standsInFor }) => [
          ...[hash.slice(0, 12), uploadedAt, String(policies.length)],
          serving ? (standsInFor ? `for ${standsInFor.slice(0, 12)}` : "yes") : "",
        ]),
      ]);
    });

const list = (io: Io): Command =>
  remote(new Command("list"))
    .description("list the policies that a gateway has")
    .action(async (options: Remote) => {
      const { GatewayApi } = await import("../client/api.ts");
      const { modulesOf } = await import("../publish/publish.ts");
      const { remarksOn } = await import("../publish/stand-in.ts");
      const api = await GatewayApi.of(options, io);
      io.remarks(remarksOn(await modulesOf(api)));
      const { body } = await api.send("GET", "/policies");
      const policies = body["policies"] as { name: string; version: string; description: string }[];
      show(io, options, policies, () => [
        ["NAME", "VERSION", "DOES"],
        ...policies.map(({ name, version, description }) => [
          ...[name, version],
          description.split(/(?<=\.)\s/)[0] ?? "",
        ]),
      ]);
    });
