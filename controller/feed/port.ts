/** The port where agents follow the feed: `/sync/feed`, with the token of their gateway. */
import { createServer as plain, type RequestListener } from "node:http";
import { createServer as secure } from "node:https";
import type { AddressInfo } from "node:net";
import { UserError } from "../errors.ts";
import type { GatewayTokens } from "./gateway-tokens.ts";
import { feedHandler } from "./http.ts";
import { FeedDenied, serveFeed } from "./serve.ts";
import type { FeedTable } from "./table.ts";

export interface SyncPort {
  table: FeedTable;
  tokens: GatewayTokens;
  host: string;
  /** 0 takes any free one. */
  port: number;
  /** PEM texts. Without, only this machine is served: tokens and secrets would be read on the way. */
  tls?: { certificate: string; key: string };
}

export const syncPath = "/sync/feed";

export async function openSyncPort(options: SyncPort) {
  const { table, tokens, host, port, tls } = options;
  if (!tls && !/^(127\.|::1$|localhost$)/.test(host))
    throw new UserError(`the sync port on ${host} needs syncTls: secrets would go in clear text`);
  const ask = serveFeed(table);
  const answer: RequestListener = (request, response) => {
    const refuse = (status: number) => void response.writeHead(status).end();
    const isKnown = () => tokens.gatewayOf(request.headers.authorization) !== null;
    if (request.url?.split("?")[0] !== syncPath) return refuse(404);
    if (request.method !== "GET") return refuse(405);
    if (!isKnown()) return refuse(401);
    void feedHandler(async (query, signal) => {
      const bytes = await ask(query, signal);
      // The token may have been taken back while the answer was held.
      if (!isKnown()) throw new FeedDenied("the token is good no longer");
      return bytes;
    })(request, response);
  };
  const server = tls ? secure({ cert: tls.certificate, key: tls.key }, answer) : plain(answer);
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) =>
      reject(
        error.code === "EADDRINUSE"
          ? new UserError(`port ${port} on ${host} is in use by another process`)
          : error,
      ),
    );
    server.listen(port, host, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
