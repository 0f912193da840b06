/** `ap gateway <kind> list | get | delete`, the same for every kind, and what single kinds have beside it. */
import { Command, Option } from "commander";
import { flagOf, type Named } from "../client/identify.ts";
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
    if (row.form === "spec" && row.changeable?.length !== 0) command.addCommand(update(io, row));
    if (row.kind === "RestApi") command.addCommand(apiKeys(io));
    if (row.kind === "Mcp") command.addCommand(mcpGenerate(io));
    return command;
  });

type NamedOptions = Remote & Named;

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
      const items = await listAll(await GatewayApi.of(options, io), row, {
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
    .option("-n, --display-name <name>", "in place of --id, together with --version")
    .option("-v, --version <version>", "such as v1.0")
    .addOption(new Option("--api-version <version>", "as --version").hideHelp());

const get = (io: Io, row: KindRow): Command =>
  named(new Command("get"))
    .description(`show one ${row.kind} as it was written`)
    .option("--format <form>", "yaml or json, as --output")
    .action(async (options: NamedOptions & { format?: string }) => {
      const { GatewayApi } = await import("../client/api.ts");
      const { readOne } = await import("../client/identify.ts");
      const body = await readOne(await GatewayApi.of(options, io), row, options);
      const form = options.format ?? (options.output === "table" ? "yaml" : options.output);
      show(io, { ...options, output: form === "json" ? "json" : "yaml" }, body, () => []);
    });

const remove = (io: Io, row: KindRow): Command =>
  named(new Command("delete"))
    .description(`delete one ${row.kind}`)
    .action(async (options: NamedOptions) => {
      const { GatewayApi } = await import("../client/api.ts");
      const { identify } = await import("../client/identify.ts");
      const api = await GatewayApi.of(options, io);
      const path = await identify(api, row, options);
      await api.send("DELETE", path);
      const id = decodeURIComponent(path.slice(row.path.length + 1));
      show(io, options, { deleted: id }, () => [[`${row.kind} ${id} is deleted`]]);
    });

/** For kinds that are no whole documents: their fields as options, as `--throttle-limit-count 5`. */
const create = (io: Io, row: KindRow): Command =>
  withFields(remote(new Command("create")), row.fields)
    .description(`create one ${row.kind}`)
    .action(async (options: FieldOptions) => {
      const { GatewayApi } = await import("../client/api.ts");
      const { fieldsOf } = await import("../client/identify.ts");
      const fields = fieldsOf(options.field, row, options);
      const api = await GatewayApi.of(options, io);
      const { body } = await api.send("POST", row.path, { body: fields });
      shown(io, row, options, body);
    });

const update = (io: Io, row: KindRow): Command =>
  withFields(remote(new Command("update")), row.changeable ?? row.fields)
    .description(`change fields of one ${row.kind}; the others stay`)
    .requiredOption("--id <id>", "the id that the gateway gave it")
    .action(async (options: FieldOptions & { id: string }) => {
      const { GatewayApi } = await import("../client/api.ts");
      const { fieldsOf } = await import("../client/identify.ts");
      const changed = fieldsOf(options.field, row, options);
      const api = await GatewayApi.of(options, io);
      const path = `${row.path}/${encodeURIComponent(options.id)}`;
      const { body: before } = await api.send("GET", path);
      const stays = (row.changeable ?? row.fields ?? []).flatMap((key) =>
        before[key] === undefined || before[key] === null ? [] : [[key, before[key]]],
      );
      const { body } = await api.send("PUT", path, {
        body: { ...Object.fromEntries(stays), ...changed },
      });
      shown(io, row, options, body);
    });

type FieldOptions = Remote & { field: string[] } & Record<string, unknown>;

const withFields = (command: Command, fields: readonly string[] = []): Command => {
  for (const field of fields) command.option(`${flagOf(field)} <value>`, `its field ${field}`);
  return command.option("--field <name=value...>", "fields, such as planName=Gold", []);
};

const shown = (io: Io, row: KindRow, options: Remote, body: Record<string, unknown>): void =>
  show(io, options, body, () => [
    row.columns.map(([title]) => title),
    row.columns.map(([, path]) => cell(body[path])),
  ]);
