/** What every HTTP service of a test has: a port of its own, requests read whole, and an end that waits for nobody. */
import type { IncomingMessage, Server } from "node:http";
import type { AddressInfo, Socket } from "node:net";

export interface OpenPort {
  port: number;
  /** Ends the server and every connection to it. */
  close(): Promise<void>;
}

export async function openPort(server: Server): Promise<OpenPort> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  // By itself it closes a kept connection after 5 s, also one on which a request has just come: the gateway says 503 then.
  server.keepAliveTimeout = 0;
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      sockets.forEach((socket) => socket.destroy());
    });
  return { port, close };
}

export interface WholeRequest {
  method: string;
  path: string;
  headers: [string, string][];
  body: Uint8Array;
  trailers: [string, string][];
}

/** Throws when the request is cut short. */
export async function readRequest(request: IncomingMessage): Promise<WholeRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return {
    method: request.method!,
    path: request.url!,
    headers: pairs(request.rawHeaders),
    body: new Uint8Array(Buffer.concat(chunks)),
    trailers: pairs(request.rawTrailers),
  };
}

/** node:http's flat list of raw headers as pairs with lower-case names. */
export const pairs = (raw: string[]): [string, string][] =>
  Array.from({ length: raw.length / 2 }, (_, i) => [raw[2 * i]!.toLowerCase(), raw[2 * i + 1]!]);
