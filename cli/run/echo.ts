/** The sample API's upstream: answers every request with what it received. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

export interface Echo {
  port: number;
  close(): Promise<void>;
}

export async function startEcho(port = 0): Promise<Echo> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const { method, url, headers } = request;
      const body = Buffer.concat(chunks).toString("utf8");
      response.setHeader("content-type", "application/json");
      response.end(`${JSON.stringify({ method, path: url, headers, body }, null, 2)}\n`);
    });
  });
  // By itself it closes a kept connection after 5 s, also one on which a request has just come: the gateway says 503 then.
  server.keepAliveTimeout = 0;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
