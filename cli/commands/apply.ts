/** `ap apply`, `ap diff`, `ap export`: files and what a gateway has, brought together. */
import { Command } from "commander";
import type { Io } from "../io.ts";
import { cell, collect, remote, show, standardInput, type Remote } from "./remote.ts";

interface FileOptions extends Remote {
  file: string[];
}

const files = (command: Command): Command =>
  remote(command).requiredOption(
    "-f, --file <path>",
    "a file, a folder, a pattern, or - for standard input; may be repeated",
    collect,
    [],
  );

export const apply = (io: Io): Command =>
  files(new Command("apply"))
    .description("make a gateway have what the files say")
    .option("--dry-run", "check everything and say what would change, but write nothing")
    .option("--atomic", "all or nothing: take everything back if one fails")
    .option("--wait <time>", "wait until the gateways serve it, such as 10s")
    .action(
      async (options: FileOptions & { dryRun?: boolean; atomic?: boolean; wait?: string }) => {
        const { GatewayApi } = await import("../client/api.ts");
        const { apply } = await import("../apply/apply.ts");
        const { readResources } = await import("../apply/documents.ts");
        const resources = await readResources(options.file, standardInput);
        const api = await GatewayApi.of(options, io);
        const done = await apply(api, resources, {
          ...options,
          progress: (count, all) => io.bar(count, all, "resources"),
        });
        show(
          io,
          options,
          done.map(({ kind, name, action }) => ({ kind, name, action })),
          () => [
            ["KIND", "NAME", options.dryRun ? "WOULD BE" : "IS"],
            ...done.map(({ kind, name, action }) => [kind, name, action]),
          ],
        );
      },
    );

export const diff = (io: Io): Command =>
  files(new Command("diff"))
    .description("show how a gateway differs from the files; exit code 1 if it does")
    .action(async (options: FileOptions) => {
      const { GatewayApi } = await import("../client/api.ts");
      const { readResources } = await import("../apply/documents.ts");
      const { drift } = await import("../apply/drift.ts");
      const resources = await readResources(options.file, standardInput);
      const found = await drift(await GatewayApi.of(options, io), resources);
      show(io, options, found, () => [
        ["KIND", "NAME", "FIELD", "GATEWAY", "FILE"],
        ...found.flatMap(({ kind, name, changes }) =>
          changes.map(({ path, before, after }) =>
            path === ""
              ? [kind, name, "(whole)", "-", "is new"]
              : [kind, name, path, cell(before), cell(after)],
          ),
        ),
      ]);
      if (found.length > 0) io.exitCode = 1;
    });

export const exportAll = (io: Io): Command =>
  remote(new Command("export"))
    .description("print everything that can be applied again, as YAML documents")
    .option("--kind <kind>", "only this kind, such as RestApi")
    .action(async (options: Remote & { kind?: string }) => {
      const { GatewayApi } = await import("../client/api.ts");
      const { exported } = await import("../apply/drift.ts");
      const documents = await exported(await GatewayApi.of(options, io), options.kind);
      if (options.output === "json") return io.json(documents);
      const { stringify } = await import("yaml");
      io.out(documents.map((one) => stringify(one)).join("---\n"));
    });
