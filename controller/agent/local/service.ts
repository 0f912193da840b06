/**
 * What an Envoy's policies may ask of the agent beside it, over a Unix socket that only its owner can open: the feed, and
 * whether a password is the one of a bcrypt hash.
 */
import { chmod } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { feedHandler } from "../../feed/http.ts";
import type { AskFeed } from "../../feed/serve.ts";
import { BcryptBusy, startBcrypt } from "./bcrypt.ts";

export interface LocalService {
  close(): Promise<void>;
}

const mostBodyBytes = 4_096;

export async function serveLocally(socket: string, feed: AskFeed): Promise<LocalService> {
  const bcrypt = startBcrypt();
  const verify = async (request: IncomingMessage, response: ServerResponse) => {
    const body = await readBody(request);
    if (body === null) return answer(response, 413, `expected at most ${mostBodyBytes} bytes`);
    const question = readQuestion(body);
    if (!question) return answer(response, 400, 'expected {"hash": "…", "password": "…"}');
    try {
      const ok = await bcrypt.verify(question.password, question.hash);
      answer(response, 200, { ok });
    } catch (error) {
      if (error instanceof BcryptBusy) answer(response, 503, "too many passwords wait");
      else if (error instanceof TypeError) answer(response, 400, error.message);
      else answer(response, 500, "internal server error");
    }
  };
  const routes: Record<string, (request: IncomingMessage, response: ServerResponse) => unknown> = {
    "GET /feed": feedHandler(feed),
    "POST /verify/bcrypt": verify,
  };
  const server = createServer((request, response) => {
    const route = routes[`${request.method} ${request.url?.split("?")[0]}`];
    if (!route) return answer(response, 404, "there is no such question");
    // Who went away in the middle of a question needs no answer.
    Promise.resolve(route(request, response)).catch(() => response.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(socket, resolve);
  });
  await chmod(socket, 0o600);
  return {
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
      await bcrypt.close();
    },
  };
}

function answer(response: ServerResponse, status: number, said: string | { ok: boolean }): void {
  const body = JSON.stringify(typeof said === "string" ? { error: said } : said);
  response.writeHead(status, { "content-type": "application/json" }).end(body);
}

/** Null when it is too long. */
async function readBody(request: IncomingMessage): Promise<string | null> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    bytes += part.length;
    // The rest is read and thrown away, so that the answer is heard.
    if (bytes <= mostBodyBytes) parts.push(part);
  }
  return bytes > mostBodyBytes ? null : Buffer.concat(parts).toString("utf8");
}

function readQuestion(text: string): { hash: string; password: string } | null {
  try {
    const { hash, password } = JSON.parse(text) as Record<string, unknown>;
    return typeof hash === "string" && typeof password === "string" ? { hash, password } : null;
  } catch {
    return null;
  }
}
