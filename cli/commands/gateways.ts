/** `ap gateway add | list | use | current | remove | health`: the gateways that this user works with. */
import { Command, Option } from "commander";
import type { Profile } from "../client/profiles.ts";
import type { Io } from "../io.ts";
import { remote, show, withOutput, type Remote } from "./remote.ts";

export const gatewayBook = (io: Io): Command[] => [
  add(io),
  list(io),
  use(io),
  current(io),
  remove(io),
  health(io),
];

interface AddOptions extends Remote {
  displayName: string;
  server: string;
  adminServer?: string;
  auth: "none" | "basic" | "bearer";
  username?: string;
  password?: string;
  token?: string;
}

const platform = (command: Command): Command =>
  command.option("--platform <name>", "whose gateways; the current platform's unless given");

const named = (command: Command): Command =>
  command.requiredOption("-n, --display-name <name>", "what the gateway is called here");

const add = (io: Io): Command =>
  withOutput(named(platform(new Command("add"))))
    .description("remember a gateway and use it")
    .requiredOption("-s, --server <url>", "its management API, such as http://localhost:9090")
    .option("--admin-server <url>", "its admin port, such as http://localhost:9092")
    .addOption(
      new Option("--auth <type>", "how it knows you")
        .choices(["none", "basic", "bearer"])
        .default("none"),
    )
    .option("--username <name>", "for basic")
    .option("--password <text>", "for basic; WSO2AP_GW_PASSWORD in its place writes nothing down")
    .option("--token <text>", "for bearer; WSO2AP_GW_TOKEN in its place writes nothing down")
    .option("--no-interactive", "ask nothing, which is always so")
    .action(async (options: AddOptions) => {
      const { changeProfiles, profilesFile, serverUrl } = await import("../client/profiles.ts");
      const { displayName, auth, username, password, token } = options;
      const profile: Profile = {
        server: serverUrl(options.server, "--server"),
        ...(options.adminServer && {
          adminServer: serverUrl(options.adminServer, "--admin-server"),
        }),
        auth: {
          type: auth,
          ...(auth === "basic" && username && { username }),
          ...(auth === "basic" && password && { password }),
          ...(auth === "bearer" && token && { token }),
        },
      };
      await changeProfiles(options, (platform) => {
        (platform.gateways ??= {})[displayName] = profile;
        platform.activeGateway = displayName;
      });
      const kept = profilesFile();
      show(io, options, { name: displayName, server: profile.server, inUse: true, kept }, () => [
        [`${displayName} is in use: ${profile.server} (kept in ${kept})`],
      ]);
    });

const list = (io: Io): Command =>
  withOutput(platform(new Command("list")))
    .description("list the gateways that are known here")
    .action(async (options: Remote) => {
      const { platformOf } = await import("../client/profiles.ts");
      const { gateways = {}, activeGateway } = await platformOf(options);
      const known = Object.entries(gateways).map(([name, { server, adminServer, auth }]) => ({
        ...{ name, server, adminServer: adminServer ?? null, auth: auth?.type ?? "none" },
        inUse: name === activeGateway,
      }));
      show(io, options, known, () => [
        ["NAME", "SERVER", "AUTH", "IN USE"],
        ...known.map(({ name, server, auth, inUse }) => [name, server, auth, inUse ? "yes" : ""]),
      ]);
    });

const use = (io: Io): Command =>
  withOutput(named(platform(new Command("use"))))
    .description("use another gateway from now on")
    .action(async (options: Remote & { displayName: string }) => {
      const { changeProfiles, profileOf } = await import("../client/profiles.ts");
      const { displayName: name } = options;
      await profileOf({ ...options, gateway: name });
      await changeProfiles(options, (platform) => {
        platform.activeGateway = name;
      });
      show(io, options, { name, inUse: true }, () => [[`${name} is in use`]]);
    });

const current = (io: Io): Command =>
  remote(new Command("current"))
    .description("show the gateway in use")
    .action(async (options: Remote) => {
      const { profileOf } = await import("../client/profiles.ts");
      const { name, profile } = await profileOf(options);
      const { server, adminServer, auth } = profile;
      const found = { name, server, adminServer: adminServer ?? null, auth: auth?.type ?? "none" };
      show(io, options, found, () => [
        ["NAME", "SERVER", "AUTH"],
        [name, server, found.auth],
      ]);
    });

const remove = (io: Io): Command =>
  withOutput(named(platform(new Command("remove"))))
    .description("forget a gateway")
    .action(async (options: Remote & { displayName: string }) => {
      const { changeProfiles, profileOf } = await import("../client/profiles.ts");
      const { displayName } = options;
      await profileOf({ ...options, gateway: displayName });
      await changeProfiles(options, (platform) => {
        delete platform.gateways?.[displayName];
        if (platform.activeGateway === displayName) delete platform.activeGateway;
      });
      const forgotten = { name: displayName, removed: true };
      show(io, options, forgotten, () => [[`${displayName} is forgotten`]]);
    });

const health = (io: Io): Command =>
  remote(new Command("health"))
    .description("ask the gateway whether it is well")
    .option("-n, --display-name <name>", "as --gateway")
    .action(async ({ displayName, ...rest }: Remote & { displayName?: string }) => {
      const options: Remote = { ...(displayName && { gateway: displayName }), ...rest };
      const { GatewayApi } = await import("../client/api.ts");
      const api = await GatewayApi.of(options, io);
      const { status, body } = await api.admin("/api/admin/v1/health");
      show(io, options, body, () => [
        ["GATEWAY", "STATUS"],
        [api.name, String(body["status"] ?? status)],
      ]);
      if (status !== 200) io.exitCode = 1;
    });
