/** `ap gateway mcp generate`: what an MCP server offers, read into a document of the kind Mcp. */
import { Command } from "commander";
import type { Io } from "../io.ts";
import { sending } from "../trace.ts";
import { collect } from "./remote.ts";

interface GenerateOptions {
  server: string;
  output?: string;
  header: string[];
}

export const mcpGenerate = (io: Io): Command =>
  new Command("generate")
    .description(
      "read an MCP server's tools, resources and prompts into YAML of the kind Mcp, which gateways do not have yet",
    )
    .requiredOption("-s, --server <url>", "its MCP endpoint, such as http://localhost:3001/mcp")
    .option(
      "-o, --output <path>",
      "a file, or a folder for generated-mcp.yaml; printed unless given",
    )
    .option(
      "-H, --header <line>",
      "sent with every request, never written down; may be repeated",
      collect,
      [],
    )
    .option("--verbose", "say what is sent where; credentials are masked")
    .action(async (options: GenerateOptions) => {
      const { stringify } = await import("yaml");
      const { headersOf, serverOf } = await import("../mcp/options.ts");
      const { writeTo } = await import("../write-to.ts");
      const { introspect } = await import("../mcp/document.ts");
      const { document, remarks } = await introspect(
        serverOf(options.server),
        headersOf(options.header),
        (...sent) => io.trace(sending(...sent)),
      );
      io.remarks([...remarks, "gateways do not have the kind Mcp yet: this cannot be applied"]);
      const text = stringify(document);
      if (options.output === undefined) return io.out(text);
      io.line(`${await writeTo(options.output, "generated-mcp.yaml", text)} is written`);
    });
