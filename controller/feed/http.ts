/**
 * The feed over HTTP, which an engine asks its agent in: `GET <path>?epoch=E&revision=R&cursor=C&wait=MS`, all decimal.
 * Between agents and controllers it goes over the xDS port, with the same query.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import { FEED_BUCKETS } from "../../host-sim/feed/words.ts";
import { FeedBusy, type AskFeed, type FeedQuery } from "./serve.ts";

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

/** A handler for a server of `node:http` that nobody else can reach. */
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
      else if (error instanceof FeedBusy) refuse(503, error.message);
      else refuse(500, "internal server error");
    }
  };
}
