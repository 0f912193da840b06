/** The client of one request: what it sends, what it gets, and how a test holds it meanwhile. */
import { textOf } from "./bytes.ts";
import type { Client, Exchange } from "./http/exchange.ts";
import { HeaderMap } from "./http/headers.ts";
import type { ReadyRequest } from "./http/request.ts";
import { pairsOf } from "./http/upstream.ts";
import type { Answer, Request } from "./setup.ts";

export interface OpenRequest {
  exchange: Exchange;
  answer: Promise<Answer>;
  /** The client hangs up. */
  disconnect(): void;
}

export interface LiveRequest {
  exchange: Exchange;
  send(bytes: Uint8Array): void;
  end(): void;
  disconnect(): void;
}

/** Sends a request as its client does: in its chunks and at its pace, and perhaps not to the end. */
export function sendRequest(
  exchange: Exchange,
  request: Request,
  ready: ReadyRequest,
  withTrailers: boolean,
): void {
  const { chunks, bare } = ready;
  const { disconnect, chunkDelayMs = 0 } = request;
  const hangUp = (): void => exchange.clientGone();
  exchange.sendHeaders(bare);
  if (request.metadata) exchange.sendMetadata(pairsOf(request.metadata).length);
  if (disconnect === "after-headers") return hangUp();
  if (typeof disconnect === "object" && "afterMs" in disconnect)
    exchange.later(disconnect.afterMs, hangUp);
  const afterChunks =
    typeof disconnect === "object" && "afterChunks" in disconnect ? disconnect.afterChunks : -1;
  const trailers =
    request.trailers && withTrailers ? HeaderMap.of("trailers", pairsOf(request.trailers)) : null;
  const next = (i: number): void => {
    for (; i < chunks.length && !exchange.over; i++) {
      if (i === afterChunks) return hangUp();
      exchange.sendData(chunks[i]!, false);
      if (chunkDelayMs > 0 && i + 1 < chunks.length) {
        const following = i + 1;
        exchange.later(chunkDelayMs, () => next(following));
        return;
      }
    }
    if (exchange.over) return;
    if (afterChunks >= chunks.length)
      return chunkDelayMs > 0 ? exchange.later(chunkDelayMs, hangUp) : hangUp();
    if (!bare) {
      if (trailers) exchange.sendTrailers(trailers);
      else exchange.sendData(new Uint8Array(0), true);
    }
    if (disconnect === "after-request") return hangUp();
    if (disconnect === "on-callout" && exchange.callouts.length > 0) hangUp();
  };
  next(0);
}

/** What the client got. */
export class Received implements Client {
  status = 0;
  #headers: [string, string][] = [];
  readonly #chunks: Uint8Array[] = [];
  #trailers: [string, string][] = [];
  #cut: string | null = null;
  exchange!: Exchange;
  ended: () => void = () => {};

  constructor(private readonly request: Request) {}

  headers(headers: HeaderMap): void {
    this.status = Number(headers.get(":status"));
    this.#headers = headers.pairs.filter(([name]) => name.charCodeAt(0) !== 58);
    if (this.request.disconnect === "on-response-headers") this.exchange.clientGone();
  }

  data(bytes: Uint8Array): void {
    if (bytes.length) this.#chunks.push(bytes);
    if (this.request.disconnect === "on-response-body") this.exchange.clientGone();
  }

  trailers(trailers: HeaderMap): void {
    this.#trailers = trailers.pairs;
  }

  over(cut: string | null): void {
    this.#cut = cut;
    this.ended();
  }

  answer(): Answer {
    const { exchange } = this;
    const headers = this.#headers;
    const body = this.#chunks.length === 1 ? this.#chunks[0]! : Buffer.concat(this.#chunks);
    return {
      status: this.status,
      headers,
      body,
      get text() {
        return textOf(body);
      },
      trailers: this.#trailers,
      upstream: exchange.upstreamSaw,
      callouts: exchange.callouts,
      logs: exchange.logs,
      faults: exchange.faults,
      details: exchange.details,
      decidedBy: exchange.decidedBy,
      cut: this.#cut,
      route: exchange.route?.name ?? null,
      header: (name) => headers.find(([key]) => key === name.toLowerCase())?.[1] ?? null,
    };
  }
}
