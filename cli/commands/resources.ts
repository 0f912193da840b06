/** `ap gateway <kind> list | get | delete`, the same for every kind, and what single kinds have beside it. */
import { Command } from "commander";
import { kindRows, type KindRow } from "../client/kinds.ts";
import type { Io } from "../io.ts";
import { apiKeys } from "./api-keys.ts";
import { mcpGenerate } from "./mcp.ts";
import { cell, remote, show, type Remote } from "./remote.ts";

export const resourceCommands = (io: Io): Command[] =>
  kindRows.map((row) => {
    const command = new Command(row.command)
      .description(`list, show and delete resources of the kind ${row.kind}`)
      .addCommand(list(io, row))
      .addCommand(get(io, row))
      .addCommand(remove(io, row));
    if (row.form === "spec") command.addCommand(create(io, row));
    if (row.kind === "RestApi") command.addCommand(apiKeys(io));
    if (row.kind === "Mcp") command.addCommand(mcpGenerate(io));
    return command;
  });

interface Named extends Remote {
  id?: string;
  displayName?: string;
  apiVersion?: string;
}

const list = (io: Io, row: KindRow): Command => {
  const command = remote(new Command("list")).description(`list what there is of ${row.kind}`);
  if (row.kind === "Subscription")
    command
      .option("--api-id <id>", "only of this API")
      .option("--application-id <id>", "only of this application")
      .option("--status <status>", "only with this status");
  return command.action(
    async (options: Remote & { apiId?: string; applicationId?: string; status?: string }) => {
      const { GatewayApi } = await import("../client/api.ts");
      const { listAll, valueAt } = await import("../client/kinds.ts");
      const { apiId, applicationId, status } = options;
      const items = await listAll(await GatewayApi.of(options), row, {
        ...(apiId && { apiId }),
        ...(applicationId && { applicationId }),
        ...(status && { status }),
      });
      show(io, options, items, () => [
        row.columns.map(([title]) => title),
        ...items.map((item) => row.columns.map(([, path]) => cell(valueAt(item, path)))),
      ]);
    },
  );
};

const named = (command: Command): Command =>
  remote(command)
    .option("--id <id>", "its name, or the id that the gateway gave it")
    .option("-n, --display-name <name>", "in place of --id, together with --api-version")
    .option("--api-version <version>", "such as v1.0");

const get = (io: Io, row: KindRow): Command =>
  named(new Command("get"))
    .description(`show one ${row.kind} as it was written`)
    .option("--format <form>", "yaml or json, as --output")
    .action(async (options: Named & { format?: string }) => {
      const { GatewayApi } = await import("../client/api.ts");
      const { identify } = await import("../client/identify.ts");
      const api = await GatewayApi.of(options);
      const { body } = await api.send("GET", await identify(api, row, options));
      const form = options.format ?? (options.output === "table" ? "yaml" : options.output);
      show(io, { ...options, output: form === "json" ? "json" : "yaml" }, body, () => []);
    });

const remove = (io: Io, row: KindRow): Command =>
  named(new Command("delete"))
    .description(`delete one ${row.kind}`)
    .action(async (options: Named) => {
      const { GatewayApi } = await import("../client/api.ts");
      const { identify } = await import("../client/identify.ts");
      const api = await GatewayApi.of(options);
      const path = await identify(api, row, options);
      await api.send("DELETE", path);
      const id = decodeURIComponent(path.slice(row.path.length + 1));
      show(io, options, { deleted: id }, () => [[`${row.kind} ${id} is deleted`]]);
    });

/** For kinds that are no whole documents: their fields as options, as `--throttle-limit-count 5`. */
const create = (io: Io, row: KindRow): Command =>
  remote(new Command("create"))
    .description(`create one ${row.kind}`)
    .requiredOption("--field <name=value...>", "its fields, such as planName=Gold")
    .action(async (options: Remote & { field: string[] }) => {
      const { GatewayApi } = await import("../client/api.ts");
      const { fieldsOf } = await import("../client/identify.ts");
      const api = await GatewayApi.of(options);
      const { body } = await api.send("POST", row.path, { body: fieldsOf(options.field) });
      show(io, options, body, () => [
        row.columns.map(([title]) => title),
        row.columns.map(([, path]) => cell(body[path])),
      ]);
    });
