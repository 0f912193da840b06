/** A mistake in YAML or JSON, in one line: the file, the line, and what is wrong. */
import type { YAMLParseError } from "yaml";

/** `line` counts where the parser does not know. */
export function yamlFault(file: string, { message, linePos }: YAMLParseError, line = 1): string {
  const words = message.split("\n")[0]!.replace(/ at line \d+, column \d+:?$/, "");
  return `${file}:${linePos?.[0].line ?? line}: ${words}`;
}
