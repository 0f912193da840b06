/** An HTTP port for a hono app. */
import { serve } from "@hono/node-server";
import type { AddressInfo } from "node:net";
import type { Server } from "node:http";
import { UserError } from "../errors.ts";

export interface Listening {
  port: number;
  close(): Promise<void>;
}

interface App {
  fetch: (request: Request) => Response | Promise<Response>;
}

/** Longer than clients keep a connection that rests: who closes first must not be the one that is about to be asked. */
const keepAliveMs = 75_000;

/** Port 0 takes any free one. */
export function listen(app: App, host: string, port: number): Promise<Listening> {
  return new Promise((resolve, reject) => {
    const server = serve({ fetch: app.fetch, hostname: host, port }, (address: AddressInfo) =>
      resolve({
        port: address.port,
        close: () =>
          new Promise((done) => {
            server.close(() => done());
            (server as Server).closeAllConnections();
          }),
      }),
    );
    (server as Server).keepAliveTimeout = keepAliveMs;
    server.once("error", (error: NodeJS.ErrnoException) =>
      reject(
        error.code === "EADDRINUSE"
          ? new UserError(`port ${port} on ${host} is in use by another process`)
          : error,
      ),
    );
  });
}
