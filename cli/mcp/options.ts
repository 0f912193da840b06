/** The options of `ap gateway mcp generate`, checked. */
import { usage } from "../errors.ts";

export function serverOf(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url && /^https?:$/.test(url.protocol) && !url.username && !url.password) return text;
  throw usage(
    `--server: expected a URL such as http://localhost:3001/mcp, found '${url?.password ? "one with a password" : text}'`,
    "credentials belong into --header",
  );
}

export function headersOf(lines: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    lines.map((line) => {
      const [, name, value] = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+)\s*:\s*([^\r\n]*)$/.exec(line) ?? [];
      // The line may hold a secret: only how far it goes wrong is said.
      if (name === undefined || value === undefined)
        throw usage("--header: expected a line such as 'Authorization: Bearer …'");
      return [name.toLowerCase(), value];
    }),
  );
}
