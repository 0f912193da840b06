/** The upstream of a test on a real Envoy: answers as it was told, and records what it saw. */
import { createServer, type ServerResponse } from "node:http";
import {
  openPort,
  pairs,
  readRequest,
  type OpenPort,
  type WholeRequest,
} from "../../controller/lab/http.ts";

export type Headers = [string, string][];

export type SeenRequest = WholeRequest;

export interface FixedAnswer {
  status?: number;
  headers?: Headers | Record<string, string>;
  /** Pieces that come one by one are sent one by one, as they come. */
  body?: string | Uint8Array | (string | Uint8Array)[] | AsyncIterable<string>;
  trailers?: Headers | Record<string, string>;
  delayMs?: number;
  /** The connection breaks instead of going on; `mid-body` is after the first piece. */
  disconnect?: "before-headers" | "mid-body";
}

export type UpstreamBehaviour =
  FixedAnswer | ((request: SeenRequest) => FixedAnswer | Promise<FixedAnswer>) | "refuse" | "hang";

export interface UpstreamServer extends OpenPort {
  seen: SeenRequest[];
}

export async function startUpstream(behaviour: UpstreamBehaviour): Promise<UpstreamServer> {
  const seen: SeenRequest[] = [];
  const server = createServer(async (request, response) => {
    // A request that was cut short is not one that arrived.
    const record = await readRequest(request).catch(() => null);
    if (!record) return;
    seen.push(record);
    if (behaviour === "hang" || behaviour === "refuse") return;
    await reply(response, typeof behaviour === "function" ? await behaviour(record) : behaviour);
  });
  const { port, close } = await openPort(server);
  // The port of a server that has gone refuses connections.
  if (behaviour === "refuse") await close();
  return { port, seen, close };
}

async function reply(response: ServerResponse, answer: FixedAnswer): Promise<void> {
  if (answer.delayMs) await new Promise((resolve) => setTimeout(resolve, answer.delayMs));
  if (answer.disconnect === "before-headers") return void response.socket?.destroy();
  const { body = "" } = answer;
  const headers = [...asPairs(answer.headers)];
  const framed = headers.some(([name]) => /^(content-length|transfer-encoding)$/i.test(name));
  // The headers of the answer are the answer's alone: none of node's own.
  response.sendDate = false;
  response.removeHeader("connection");
  const whole = typeof body === "string" || body instanceof Uint8Array;
  if (!framed && whole && !answer.trailers && answer.status !== 204 && answer.status !== 304)
    headers.push(["content-length", String(Buffer.byteLength(body))]);
  response.writeHead(answer.status ?? 200, headers.flat());
  if (answer.trailers) response.addTrailers(asPairs(answer.trailers));
  if (answer.disconnect === "mid-body" && Array.isArray(body)) {
    const first = body.find((piece) => piece.length) ?? "";
    return void response.write(first, () => setTimeout(() => response.socket?.destroy(), 60));
  }
  if (typeof body === "object" && Symbol.asyncIterator in body) {
    for await (const piece of body) response.write(piece);
    response.end();
    return;
  }
  if (Array.isArray(body)) for (const chunk of body) response.write(chunk);
  response.end(Array.isArray(body) ? undefined : body);
}

export { pairs };

export const asPairs = (headers: Headers | Record<string, string> = []): Headers =>
  Array.isArray(headers) ? headers : Object.entries(headers);
