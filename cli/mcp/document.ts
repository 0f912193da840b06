/** What an MCP server offers, as a document of the kind Mcp. */
import { McpSession, protocolVersions, type Json, type Trace } from "./session.ts";

export interface McpDocument {
  apiVersion: string;
  kind: "Mcp";
  metadata: { name: string };
  spec: Json;
}

export interface Introspected {
  document: McpDocument;
  /** What a reader should know. */
  remarks: string[];
}

export async function introspect(
  url: string,
  headers: Record<string, string>,
  trace?: Trace,
): Promise<Introspected> {
  const { session, server } = await McpSession.open(url, headers, trace);
  try {
    const offers = (server["capabilities"] ?? {}) as Json;
    const list = async (what: "tools" | "resources" | "prompts") =>
      offers[what] ? await session.list(what) : [];
    const tools = await list("tools");
    const resources = await list("resources");
    const prompts = await list("prompts");
    return written(url, server, { tools, resources, prompts });
  } finally {
    await session.close();
  }
}

function written(url: string, server: Json, offered: Record<string, Json[]>): Introspected {
  const { name = "", title, version = "" } = (server["serverInfo"] ?? {}) as Record<string, string>;
  const handle = slug(name) || "mcp-server";
  const spoken = String(server["protocolVersion"] ?? "");
  const known = protocolVersions.find((one) => one === spoken);
  const { tools = [], resources = [], prompts = [] } = offered;
  const spec: Json = {
    displayName: (title || name || handle)
      .replace(/[^a-zA-Z0-9\-_. ]+/g, " ")
      .trim()
      .slice(0, 100),
    version: majorMinor(version),
    context: `/${handle}`,
    ...(known && { specVersion: known }),
    upstream: { url },
    ...(tools.length > 0 && { tools: tools.map(tool) }),
    ...(resources.length > 0 && {
      resources: resources.map((one) =>
        pick(one, "uri", "name", "title", "description", "mimeType", "size"),
      ),
    }),
    ...(prompts.length > 0 && { prompts: prompts.map(prompt) }),
  };
  return {
    document: {
      apiVersion: "gateway.api-platform.wso2.com/v1",
      kind: "Mcp",
      metadata: { name: handle },
      spec,
    },
    remarks: known
      ? []
      : [`the server speaks '${spoken}', which specVersion has no name for: it is left out`],
  };
}

/** Schemas are texts of JSON here. */
const tool = (one: Json): Json => ({
  ...pick(one, "name", "title"),
  description: one["description"] ?? one["title"] ?? one["name"],
  inputSchema: JSON.stringify(one["inputSchema"] ?? { type: "object" }),
  ...(one["outputSchema"] !== undefined && { outputSchema: JSON.stringify(one["outputSchema"]) }),
});

const prompt = (one: Json): Json => ({
  ...pick(one, "name", "title", "description"),
  ...(Array.isArray(one["arguments"]) && {
    arguments: (one["arguments"] as Json[]).map((argument) =>
      pick(argument, "name", "title", "description", "required"),
    ),
  }),
});

const pick = (from: Json, ...keys: string[]): Json =>
  Object.fromEntries(keys.filter((key) => from[key] !== undefined).map((key) => [key, from[key]]));

const slug = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-|-$/g, "")
    .slice(0, 100);

/** `1.2.3` is `v1.2`; what is no version is the first. */
function majorMinor(version: string): string {
  const [, major, minor = "0"] = /^v?(\d+)(?:\.(\d+))?/.exec(version) ?? [];
  return major === undefined ? "v1.0" : `v${major}.${minor}`;
}
