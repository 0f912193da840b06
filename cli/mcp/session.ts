/**
 * A client's side of MCP over streamable HTTP, as far as reading what a server offers needs it: each request is a POST
 * that is answered with JSON or with a stream of events. What a server may make this process hold is bounded.
 */
import { reason } from "../../controller/errors.ts";
import { CommandError, Exit } from "../errors.ts";
import { events, type Readable } from "./event-stream.ts";

export type Json = Record<string, unknown>;

/** Newest first; an older one is what a server may answer with. */
export const protocolVersions = ["2025-11-25", "2025-06-18"] as const;
const timeoutMs = 30_000;
const largestAnswer = 16 * 1024 * 1024;
const mostPages = 1_000;
const notFound = -32601;

/** Told before a request is sent, for `--verbose`. */
export type Trace = (method: string, url: string, headers: Record<string, string>) => void;

export class McpSession {
  private id = 0;
  private session: string | null = null;
  private version: string | null = null;

  private constructor(
    private readonly url: string,
    private readonly headers: Record<string, string>,
    private readonly trace: Trace,
  ) {}

  /** Its server's answer to `initialize` beside it. */
  static async open(
    url: string,
    headers: Record<string, string>,
    trace: Trace = () => {},
  ): Promise<{ session: McpSession; server: Json }> {
    const session = new McpSession(url, headers, trace);
    const server = await session.ask("initialize", {
      protocolVersion: protocolVersions[0],
      capabilities: {},
      clientInfo: { name: "ap", version: "1" },
    });
    session.version = String(server["protocolVersion"] ?? "");
    await session.post({ jsonrpc: "2.0", method: "notifications/initialized" });
    return { session, server };
  }

  /** All items of `tools/list` and its like, page by page; none from a server that does not know the method. */
  async list(what: "tools" | "resources" | "prompts"): Promise<Json[]> {
    const found: Json[] = [];
    let cursor: string | undefined;
    for (let page = 0; page < mostPages; page++) {
      const result = await this.ask(`${what}/list`, cursor === undefined ? {} : { cursor }, true);
      const items = result[what] ?? [];
      if (!Array.isArray(items)) throw this.wrong(`${what}/list: expected a list of ${what}`);
      found.push(...(items as Json[]));
      const next = result["nextCursor"];
      if (typeof next !== "string" || next === "") return found;
      if (next === cursor) throw this.wrong(`${what}/list: the same page comes again and again`);
      cursor = next;
    }
    throw this.wrong(`${what}/list: more than ${mostPages} pages`);
  }

  /** Servers that keep sessions are told that this one is over; those that do not want to know may say so. */
  async close(): Promise<void> {
    if (this.session !== null) await this.fetch("DELETE").catch(() => {});
  }

  private async ask(method: string, params: Json, mayLack = false): Promise<Json> {
    const id = ++this.id;
    const answer = await this.post({ jsonrpc: "2.0", id, method, params });
    const message = await this.answerTo(id, answer);
    const error = message["error"] as { code?: number; message?: string } | undefined;
    if (error && mayLack && error.code === notFound) return {};
    if (error) throw this.wrong(`${method}: ${error.message ?? "failed"} (${error.code})`);
    const result = message["result"];
    if (typeof result === "object" && result !== null) return result as Json;
    throw this.wrong(
      `${method}: expected a result, found ${JSON.stringify(message).slice(0, 200)}`,
    );
  }

  private async post(message: Json): Promise<Response> {
    const answer = await this.fetch("POST", JSON.stringify(message));
    this.session ??= answer.headers.get("mcp-session-id");
    if (answer.ok) return answer;
    const { status } = answer;
    const denied = status === 401 || status === 403;
    await answer.body?.cancel();
    throw new CommandError(
      denied ? "AP-DENIED" : "AP-NO-MCP",
      `${this.url}: ${String(message["method"])}: answered ${status}`,
      Exit.Failed,
      denied
        ? "send what it asks for with --header 'Authorization: Bearer …'"
        : "give the whole URL of its MCP endpoint, such as http://localhost:3001/mcp",
    );
  }

  private async fetch(method: string, body?: string): Promise<Response> {
    const headers = {
      ...this.headers,
      accept: "application/json, text/event-stream",
      ...(body !== undefined && { "content-type": "application/json" }),
      ...(this.session !== null && { "mcp-session-id": this.session }),
      ...(this.version !== null && { "mcp-protocol-version": this.version }),
    };
    this.trace(method, this.url, headers);
    try {
      return await fetch(this.url, {
        ...{ method, headers },
        ...(body !== undefined && { body }),
        // Whoever it points to was not meant to get these headers.
        redirect: "error",
        signal: AbortSignal.timeout(timeoutMs),
      });
    } catch (error) {
      throw this.unreachable(error);
    }
  }

  private async answerTo(id: number, answer: Response): Promise<Json> {
    const chunks = this.bounded(answer);
    const streamed = /^text\/event-stream\b/i.test(answer.headers.get("content-type") ?? "");
    if (!streamed) {
      const parts: Uint8Array[] = [];
      for await (const chunk of chunks) parts.push(chunk);
      return this.parsed(Buffer.concat(parts).toString("utf8"));
    }
    // Leaving the loop ends the stream, which the server may hold open.
    for await (const data of events(chunks)) {
      const message = this.parsed(data);
      if (message["id"] === id) return message;
    }
    throw this.wrong("the stream of events ended without the answer");
  }

  private async *bounded(answer: Response): Readable {
    let size = 0;
    const chunks = (answer.body ?? []) as unknown as Readable;
    try {
      for await (const chunk of chunks) {
        size += chunk.length;
        if (size > largestAnswer)
          throw this.wrong(`an answer is larger than ${largestAnswer} bytes`);
        yield chunk;
      }
    } catch (error) {
      throw error instanceof CommandError ? error : this.unreachable(error);
    }
  }

  private parsed(text: string): Json {
    try {
      const read: unknown = JSON.parse(text);
      if (typeof read === "object" && read !== null && !Array.isArray(read)) return read as Json;
    } catch {
      // Said below, with what was found.
    }
    throw this.wrong(`expected a JSON-RPC message, found ${JSON.stringify(text.slice(0, 120))}`);
  }

  private wrong(message: string): CommandError {
    return new CommandError("AP-NO-MCP", `${this.url}: ${message}`, Exit.Failed);
  }

  private unreachable(error: unknown): CommandError {
    const cause = error instanceof Error && error.cause ? error.cause : error;
    return new CommandError(
      "AP-UNREACHABLE",
      `the MCP server at ${this.url} does not answer: ${reason(cause)}`,
      Exit.Unreachable,
      "start it, and give the whole URL of its MCP endpoint with --server",
    );
  }
}
