/** `ap gateway rest-api api-key …`: the keys of one API. */
import { Command } from "commander";
import type { Io } from "../io.ts";
import { cell, remote, show, standardInput, type Remote } from "./remote.ts";

interface KeyOptions extends Remote {
  id: string;
  keyName: string;
  name?: string;
}

const ofApi = (command: Command): Command =>
  remote(command).requiredOption("--id <api>", "the API's name");

const ofKey = (command: Command): Command =>
  ofApi(command).requiredOption("--key-name <name>", "the key's name");

const renamed = (command: Command): Command =>
  command.option("--name <name>", "what it is called from now on");

export const apiKeys = (io: Io): Command =>
  new Command("api-key")
    .description("create, list, regenerate, update and revoke the keys of an API")
    .addCommand(create(io))
    .addCommand(list(io))
    .addCommand(regenerate(io))
    .addCommand(update(io))
    .addCommand(revoke(io));

const send = async (
  io: Io,
  options: Remote & { id: string },
  method: string,
  rest = "",
  body?: unknown,
): Promise<Record<string, unknown>> => {
  const { GatewayApi } = await import("../client/api.ts");
  const api = await GatewayApi.of(options, io);
  const path = `/rest-apis/${encodeURIComponent(options.id)}/api-keys${rest}`;
  return (await api.send(method, path, body === undefined ? {} : { body })).body;
};

const shown = (io: Io, options: Remote, body: Record<string, unknown>): void => {
  const key = (body["apiKey"] ?? {}) as Record<string, unknown>;
  show(io, options, body, () => [
    ["NAME", "KEY", "STATUS", "EXPIRES"],
    [cell(key["name"]), cell(key["apiKey"]), cell(key["status"]), cell(key["expiresAt"])],
  ]);
};

/** The body of a key: of a file, or made of the options. */
async function bodyOf(options: { file?: string; keyName?: string; expiresInDays?: string }) {
  if (options.file !== undefined) {
    const { readResources } = await import("../apply/documents.ts");
    const [{ document } = { document: null }] = await readResources([options.file], standardInput);
    return { name: document?.metadata.name, ...document?.spec };
  }
  const days = Number(options.expiresInDays);
  return {
    ...(options.keyName && { name: options.keyName }),
    ...(days > 0 && { expiresIn: { unit: "days", duration: days } }),
  };
}

const create = (io: Io): Command =>
  remote(new Command("create"))
    .option("--id <api>", "the API's name, unless the document has it")
    .description("make a key and print it, the only time that it is shown")
    .option("-f, --file <path>", "a document of the kind ApiKey")
    .option("--key-name <name>", "what it is called")
    .option("--expires-in-days <days>", "after how many days it ends")
    .action(async (options: CreateOptions) => {
      const { parentRef, apiId, ...body } = (await bodyOf(options)) as KeyBody;
      const id = options.id ?? parentRef?.name ?? apiId;
      const { usage } = await import("../errors.ts");
      if (id === undefined) throw usage("give --id, or a document with spec.parentRef.name");
      shown(io, options, await send(io, { ...options, id }, "POST", "", body));
    });

type CreateOptions = Partial<KeyOptions> & Remote & { file?: string; expiresInDays?: string };
type KeyBody = Record<string, unknown> & { parentRef?: { name?: string }; apiId?: string };

const list = (io: Io): Command =>
  ofApi(new Command("list"))
    .description("list the keys that are active")
    .action(async (options: KeyOptions) => {
      const body = await send(io, options, "GET");
      const keys = (body["apiKeys"] ?? []) as Record<string, unknown>[];
      show(io, options, keys, () => [
        ["NAME", "KEY", "STATUS", "BY", "EXPIRES"],
        ...keys.map((key) => [
          cell(key["name"]),
          cell(key["maskedApiKey"] ?? key["apiKey"]),
          cell(key["status"]),
          cell(key["createdBy"]),
          cell(key["expiresAt"]),
        ]),
      ]);
    });

const path = ({ keyName }: KeyOptions): string => `/${encodeURIComponent(keyName)}`;

const newName = ({ name }: KeyOptions): object => (name === undefined ? {} : { name });

const regenerate = (io: Io): Command =>
  renamed(ofKey(new Command("regenerate")))
    .description("replace a key by a new one and print it")
    .action(async (options: KeyOptions) =>
      shown(
        io,
        options,
        await send(io, options, "POST", `${path(options)}/regenerate`, newName(options)),
      ),
    );

const update = (io: Io): Command =>
  renamed(ofKey(new Command("update")))
    .description("replace a key that was made elsewhere")
    .requiredOption("-f, --file <path>", "a document of the kind ApiKey")
    .action(async (options: KeyOptions & { file: string }) =>
      shown(
        io,
        options,
        await send(io, options, "PUT", path(options), {
          ...(await bodyOf(options)),
          ...newName(options),
        }),
      ),
    );

const revoke = (io: Io): Command =>
  ofKey(new Command("revoke"))
    .description("end a key; it is refused everywhere within a second")
    .action(async (options: KeyOptions) => {
      await send(io, options, "DELETE", path(options));
      show(io, options, { revoked: options.keyName }, () => [[`${options.keyName} is revoked`]]);
    });
