/** The feed over HTTP: `GET <path>?epoch=E&revision=R&cursor=C&wait=MS`, all decimal. */
import { request as plain, type IncomingMessage, type ServerResponse } from "node:http";
import { request as secure } from "node:https";
import { FEED_BUCKETS } from "../../host-sim/feed.ts";
import { reason } from "../errors.ts";
import { FeedBusy, FeedDenied, type AskFeed, type FeedQuery } from "./serve.ts";

/** Throws a RangeError that names the parameter. */
export function readFeedQuery(parameters: URLSearchParams): FeedQuery {
  const read = (name: string, most: bigint) => {
    const text = parameters.get(name) ?? "0";
    if (/^\d{1,20}$/.test(text) && BigInt(text) <= most) return BigInt(text);
    throw new RangeError(
      `${name}: expected a number from 0 to ${most}, found "${text.slice(0, 40)}"`,
    );
  };
  const most = 2n ** 64n - 1n;
  return {
    epoch: read("epoch", most),
    revision: read("revision", most),
    cursor: Number(read("cursor", BigInt(FEED_BUCKETS))),
    waitMs: Number(read("wait", 3_600_000n)),
  };
}

/** A handler for a server of `node:http`; who may ask is decided before. */
export function feedHandler(ask: AskFeed) {
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const gone = new AbortController();
    response.once("close", () => gone.abort());
    const refuse = (status: number, message: string) =>
      void response.writeHead(status, { "content-type": "text/plain" }).end(message);
    try {
      const { searchParams } = new URL(request.url ?? "/", "http://feed");
      const bytes = await ask(readFeedQuery(searchParams), gone.signal);
      response
        .writeHead(200, {
          "content-type": "application/octet-stream",
          "content-length": bytes.length,
        })
        .end(bytes);
    } catch (error) {
      if (error instanceof RangeError) refuse(400, error.message);
      else if (error instanceof FeedDenied) refuse(401, error.message);
      else if (error instanceof FeedBusy) refuse(503, error.message);
      else refuse(500, "internal server error");
    }
  };
}

export interface FeedAddress {
  /** For example `https://controller:9090/sync/feed`; with a socket, only its path counts. */
  url: string;
  token?: string;
  /** PEM; the system's authorities unless given. */
  ca?: string;
  socketPath?: string;
}

/** A part has about 1 MiB, and one bucket more. */
const mostBytes = 16 * 1_048_576;
/** Beyond what the server was asked to wait. */
const patienceMs = 10_000;

/** Asks a server over HTTP. Rejects when it does not answer 200 in time. */
export function askOverHttp({ url, token, ca, socketPath }: FeedAddress): AskFeed {
  const send = url.startsWith("https:") ? secure : plain;
  return ({ epoch, revision, cursor, waitMs }, signal) =>
    new Promise((resolve, reject) => {
      const query = new URLSearchParams({
        ...{ epoch: String(epoch), revision: String(revision) },
        ...{ cursor: String(cursor), wait: String(waitMs) },
      });
      const fail = (error: unknown) => reject(new Error(`${url}: ${reason(error)}`));
      const request = send(
        `${url}?${query}`,
        {
          ...(signal && { signal }),
          ...(ca !== undefined && { ca }),
          ...(socketPath !== undefined && { socketPath }),
          ...(token !== undefined && { headers: { authorization: `Bearer ${token}` } }),
          timeout: waitMs + patienceMs,
        },
        (response) => {
          const parts: Buffer[] = [];
          let bytes = 0;
          response.on("error", fail);
          response.on("data", (part: Buffer) => {
            parts.push(part);
            bytes += part.length;
            if (bytes > mostBytes) request.destroy(new Error(`more than ${mostBytes} bytes`));
          });
          response.on("end", () => {
            const body = Buffer.concat(parts);
            if (response.statusCode === 200) resolve(body);
            else fail(`status ${response.statusCode}: ${body.toString("utf8", 0, 200)}`);
          });
        },
      );
      request.on("timeout", () => request.destroy(new Error("no answer in time")));
      request.on("error", fail);
      request.end();
    });
}
