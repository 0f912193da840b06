/** What takes events in tests: an HTTP endpoint that can be told to fail, and a syslog server over UDP. */
import { createSocket } from "node:dgram";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";

type How = "well" | "with an error" | "with a refusal" | "never";

export interface Takers {
  url: string;
  syslogPort: number;
  /** Each event that was posted. */
  posted(): string[];
  headers(): IncomingHttpHeaders;
  messages(): string[];
  /** What the endpoint does from now on. */
  answer(how: How): void;
  close(): Promise<void>;
}

export async function startTakers(): Promise<Takers> {
  const posted: string[] = [];
  const messages: string[] = [];
  let headers: IncomingHttpHeaders = {};
  let how: How = "well";
  const server = createServer({ keepAliveTimeout: 0 }, (request, response) => {
    const parts: Buffer[] = [];
    request.on("data", (part: Buffer) => parts.push(part));
    request.on("end", () => {
      if (how === "never") return;
      if (how !== "well") return response.writeHead(how === "with an error" ? 503 : 400).end();
      headers = request.headers;
      const events = JSON.parse(Buffer.concat(parts).toString()) as object[];
      posted.push(...events.map((event) => JSON.stringify(event)));
      return response.end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const syslog = createSocket("udp4").on("message", (bytes) => messages.push(bytes.toString()));
  await new Promise<void>((resolve) => syslog.bind(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/events`,
    syslogPort: syslog.address().port,
    posted: () => posted,
    headers: () => headers,
    messages: () => messages,
    answer: (next) => (how = next),
    close: async () => {
      syslog.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
