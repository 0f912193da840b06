/** `ap import openapi`: a description of an API as a document that can be applied. */
import { Command } from "commander";
import type { ImportOptions } from "../openapi/import.ts";
import type { Io } from "../io.ts";
import { collect, standardInput } from "./remote.ts";

export const importing = (io: Io): Command =>
  new Command("import")
    .description("make documents of what there is elsewhere")
    .addCommand(openapi(io));

const openapi = (io: Io): Command =>
  new Command("openapi")
    .description("make a RestApi of an OpenAPI 3 description, with request validation")
    .argument("<file>", "YAML or JSON, or - for standard input; files beside it are read too")
    .option("--name <name>", "metadata.name; made of title and version unless given")
    .option("--context <path>", "where the API lies; the server's path unless given")
    .option("--upstream <url>", "in place of the first of servers")
    .option("--no-validation", "only routes and security")
    .option(
      "--skip-security <scheme>",
      "leave out a scheme that no policy can ask for; may be repeated",
      collect,
      [],
    )
    .option("-o, --output <file>", "a file; printed unless given")
    .action(async (file: string, options: ImportOptions & { output?: string }) => {
      const { stringify } = await import("yaml");
      const { Spec } = await import("../openapi/spec.ts");
      const { importOpenApi } = await import("../openapi/import.ts");
      const { serverUrl } = await import("../client/profiles.ts");
      if (options.upstream !== undefined) serverUrl(options.upstream, "--upstream");
      const spec = await Spec.read(file, standardInput);
      const { document, remarks } = await importOpenApi(spec, options);
      io.remarks(remarks);
      const text = stringify(document, { aliasDuplicateObjects: false });
      if (options.output === undefined) return io.out(text);
      const { writeTo } = await import("../write-to.ts");
      io.line(`${await writeTo(options.output, "rest-api.yaml", text)} is written`);
      io.line(`next: ap apply -f ${options.output} --dry-run`);
    });
