/** A small MCP server over streamable HTTP, as strict as the specification lets one be. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

type Json = Record<string, unknown>;

export interface McpServerOptions {
  /** JSON bodies, or events: with another message before the answer, and a stream that stays open. */
  answers?: "json" | "events";
  /** What `authorization` must be. */
  token?: string;
  /** Session ids are given, and asked for. */
  sessions?: boolean;
  protocolVersion?: string;
  /** How many items a page has. */
  pageSize?: number;
  offers?: { tools?: Json[]; resources?: Json[]; prompts?: Json[] };
  /** In place of an answer to this method. */
  instead?: Record<string, (response: ServerResponse, id: unknown) => void>;
}

export interface McpServer {
  url: string;
  /** Methods in the order in which they came; `DELETE` when a session ended. */
  asked: string[];
  close(): Promise<void>;
}

export async function startMcpServer(options: McpServerOptions = {}): Promise<McpServer> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    void body(request).then((text) => answer(options, asked, request, response, text));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`,
    asked,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

async function body(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}

const session = "session-7";

function answer(
  options: McpServerOptions,
  asked: string[],
  request: IncomingMessage,
  response: ServerResponse,
  text: string,
): void {
  const end = (status: number, headers: Record<string, string> = {}) =>
    void response.writeHead(status, headers).end();
  if (request.url !== "/mcp") return end(404);
  if (options.token && request.headers.authorization !== `Bearer ${options.token}`)
    return end(401, { "www-authenticate": "Bearer" });
  const hasSession = request.headers["mcp-session-id"] === session;
  if (request.method === "DELETE") {
    if (hasSession) asked.push("DELETE");
    return end(hasSession ? 204 : 404);
  }
  const accept = request.headers.accept ?? "";
  if (!accept.includes("application/json") || !accept.includes("text/event-stream"))
    return end(406);
  const {
    id,
    method,
    params = {},
  } = JSON.parse(text) as {
    id?: number;
    method: string;
    params?: Json;
  };
  asked.push(method);
  const protocolVersion = options.protocolVersion ?? "2025-11-25";
  if (method !== "initialize") {
    if (options.sessions && !hasSession) return end(400);
    if (request.headers["mcp-protocol-version"] !== protocolVersion) return end(400);
  }
  if (id === undefined) return end(202);
  const instead = options.instead?.[method];
  if (instead) return instead(response, id);
  const result = resultOf(options, protocolVersion, method, params);
  const message = result
    ? { jsonrpc: "2.0", id, result }
    : { jsonrpc: "2.0", id, error: { code: -32601, message: "Method not found" } };
  const headers = options.sessions ? { "mcp-session-id": session } : {};
  if (options.answers !== "events") {
    response.writeHead(200, { ...headers, "content-type": "application/json" });
    return void response.end(JSON.stringify(message));
  }
  response.writeHead(200, { ...headers, "content-type": "text/event-stream; charset=utf-8" });
  response.write(": a comment\r\n\r\nevent: message\r\n");
  response.write('data: {"jsonrpc":"2.0","method":"notifications/message","params":{}}\r\n\r\n');
  // One message on several lines of data, cut within a letter: it goes on being open.
  const bytes = Buffer.from(
    JSON.stringify(message, null, 1)
      .split("\n")
      .map((line) => `data: ${line}\r\n`)
      .join("") + "\r\n",
  );
  const cut = bytes.indexOf(0xc3) + 1 || 40;
  response.write(bytes.subarray(0, cut), () => void response.write(bytes.subarray(cut)));
}

function resultOf(
  { offers = {}, pageSize = 100 }: McpServerOptions,
  protocolVersion: string,
  method: string,
  params: Json,
): Json | null {
  if (method === "initialize")
    return {
      protocolVersion,
      capabilities: Object.fromEntries(Object.keys(offers).map((key) => [key, {}])),
      serverInfo: { name: "weather/server", title: "Wetter für alle", version: "2.3.1" },
    };
  const [, what = ""] = /^(\w+)\/list$/.exec(method) ?? [];
  const items = offers[what as keyof typeof offers];
  if (!items) return null;
  const from = Number(params["cursor"] ?? 0);
  const next = from + pageSize;
  return {
    [what]: items.slice(from, next),
    ...(next < items.length && { nextCursor: String(next) }),
  };
}
