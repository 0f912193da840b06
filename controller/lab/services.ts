/** The services behind a real Envoy, told in the words in which cases tell them to the simulator. */
import { createServer, type ServerResponse } from "node:http";
import { openPort, readRequest } from "./http.ts";
import {
  pairsOf,
  type Upstream,
  type UpstreamAnswer,
  type UpstreamRequest,
} from "../../host-sim/http/upstream.ts";

export interface Service {
  port: number;
  /** In the order in which they arrived whole. */
  seen: UpstreamRequest[];
  close(): Promise<void>;
}

/** `cluster` is empty for a route's own upstream. */
export async function startService(upstream: Upstream, cluster: string): Promise<Service> {
  const seen: UpstreamRequest[] = [];
  const server = createServer(async (request, response) => {
    const whole = await readRequest(request).catch(() => null);
    // A request that was cut short is not one that arrived.
    if (!whole) return;
    const record = { ...whole, cluster };
    seen.push(record);
    if (upstream === "hang") return;
    if (upstream === "reset") return void request.socket.destroy();
    const answer = typeof upstream === "function" ? await upstream(record) : upstream;
    await reply(response, answer as UpstreamAnswer).catch(() => request.socket.destroy());
  });
  const { port, close } = await openPort(server);
  // The port of a server that has gone refuses connections.
  if (upstream === "refuse") await close();
  return { port, seen, close };
}

const pause = (ms: number | undefined) =>
  ms ? new Promise((resolve) => setTimeout(resolve, ms)) : Promise.resolve();

/** Settles when the delay is over, with another answer if one came to end it. */
const delay = ({ delayMs, unless }: UpstreamAnswer): Promise<UpstreamAnswer | undefined> =>
  new Promise((resolve) => {
    if (!delayMs) return resolve(undefined);
    const timer = setTimeout(resolve, delayMs);
    unless?.((answer) => {
      clearTimeout(timer);
      resolve(answer);
    });
  });

async function reply(response: ServerResponse, answer: UpstreamAnswer): Promise<void> {
  const instead = await delay(answer);
  if (instead) return reply(response, instead);
  const broken = () => void response.socket?.destroy();
  if (answer.disconnect === "before-headers") return broken();
  const { body = "" } = answer;
  const inChunks = typeof body === "object" && !(body instanceof Uint8Array);
  const headers = pairsOf(answer.headers);
  const status = answer.status ?? 200;
  const has = (name: string) => headers.some(([key]) => key.toLowerCase() === name);
  const hasBody = status !== 204 && status !== 304;
  if (
    !inChunks &&
    !answer.trailers &&
    hasBody &&
    !has("content-length") &&
    !has("transfer-encoding")
  )
    headers.push(["content-length", String(Buffer.byteLength(body as string))]);
  // The headers of the answer are the answer's alone: none of node's own.
  response.sendDate = false;
  response.removeHeader("connection");
  response.writeHead(status, headers.flat());
  if (answer.disconnect === "after-headers") {
    response.flushHeaders();
    return void setImmediate(broken);
  }
  const chunks = inChunks
    ? (body as AsyncIterable<string | Uint8Array>)
    : [body as string | Uint8Array];
  let first = true;
  for await (const chunk of chunks) {
    if (!first) await pause(answer.chunkDelayMs);
    first = false;
    if (chunk.length > 0)
      await new Promise<void>((resolve) => response.write(chunk, () => resolve()));
    if (answer.disconnect === "mid-body") {
      await pause(answer.chunkDelayMs);
      return broken();
    }
  }
  if (answer.trailers) response.addTrailers(pairsOf(answer.trailers) as [string, string][]);
  response.end();
}
