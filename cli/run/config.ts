/** `ap gateway config`: the configuration as the gateway would have it. */
import { stringify } from "yaml";
import { loadConfig } from "../../controller/config/load.ts";
import { schema } from "../../controller/config/schema/index.ts";
import { redacted } from "../../controller/config/shape.ts";
import { UserError } from "../../controller/errors.ts";
import type { Io } from "../io.ts";

export function showConfig(verb: string, file: string | undefined, io: Io): void {
  if (verb !== "print" && verb !== "check")
    throw new UserError(`ap gateway config: expected print or check, found ${verb}`);
  const loaded = loadConfig(file === undefined ? {} : { file });
  for (const warning of loaded.warnings) io.err(`warning: ${warning}\n`);
  const origin = loaded.file ?? "no file: defaults and the environment";
  if (verb === "print") io.out(`# ${origin}\n${stringify(redacted(loaded.config, schema))}`);
  else io.line(`${origin}: valid`);
}
