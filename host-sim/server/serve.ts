/**
 * A gateway for a laptop: real HTTP in front of the simulator, with the modules and routes of the Envoy gateway. A
 * module is swapped under traffic; requests that are under way end on the old one.
 *
 * An upstream sees a request once its body is whole; answers stream.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { CalloutRecord } from "../http/callouts.ts";
import type { Exchange, Client } from "../http/exchange.ts";
import type { HeaderMap, Pair } from "../http/headers.ts";
import type { Route } from "../http/routes.ts";
import type { UpstreamRequest } from "../http/upstream.ts";
import { Gateway } from "../gateway.ts";
import type { Setup } from "../setup.ts";
import type { TraceStep } from "../trace/way.ts";
import type { LogEntry } from "../wasm/host.ts";
import type { ModuleSource } from "../module/module.ts";

export interface ServeOptions extends Omit<Setup, "time" | "traced"> {
  /** 0, the default, takes a free port. */
  port?: number;
  host?: string;
  /** Told of every request when it is over. */
  onRequest?(way: RequestWay): void;
}

/** A request's way through the gateway. */
export interface RequestWay {
  method: string;
  path: string;
  requestHeaders: Pair[];
  requestBody: Uint8Array;
  route: string | null;
  status: number;
  responseHeaders: Pair[];
  responseBody: Uint8Array;
  ms: number;
  steps: TraceStep[];
  logs: LogEntry[];
  callouts: CalloutRecord[];
  upstream: UpstreamRequest | null;
  decidedBy: string | null;
  details: string;
  cut: string | null;
}

export interface DevGateway {
  port: number;
  gateway: Gateway;
  swap(module: ModuleSource): Promise<void>;
  setRoutes(routes: Route[]): void;
  /** Refuses new requests, waits for those under way, ends those that take longer. */
  close(patienceMs?: number): Promise<void>;
}

/** A way keeps no more of a body than this. */
const noted = 65_536;

export async function serve(options: ServeOptions): Promise<DevGateway> {
  const { port = 0, host = "127.0.0.1", onRequest, ...setup } = options;
  const gateway = await Gateway.start({ ...setup, time: "real", traced: onRequest !== undefined });
  const server = createServer((request, response) => handle(gateway, request, response, onRequest));
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    gateway,
    swap: (module) => gateway.swap(module),
    setRoutes: (routes) => gateway.setRoutes(routes),
    close: async (patienceMs = 2_000) => {
      await stop(server, patienceMs);
      await gateway.close();
    },
  };
}

function stop(server: Server, patienceMs: number): Promise<void> {
  return new Promise((resolve) => {
    const alarm = setTimeout(() => server.closeAllConnections(), patienceMs);
    server.close(() => {
      clearTimeout(alarm);
      resolve();
    });
    server.closeIdleConnections();
  });
}

function handle(
  gateway: Gateway,
  request: IncomingMessage,
  response: ServerResponse,
  onRequest: ServeOptions["onRequest"],
): void {
  const started = performance.now();
  const { method = "GET", url = "/" } = request;
  const headers = pairsOf(request.rawHeaders);
  const sent = new Notes();
  const answered = new Notes();
  let responseHeaders: Pair[] = [];
  const client: Client = {
    headers: (map: HeaderMap) => {
      responseHeaders = map.pairs.filter(([name]) => !name.startsWith(":"));
      // Node dates and frames answers by itself unless it is told not to.
      response.sendDate = false;
      response.writeHead(Number(map.get(":status")), responseHeaders.flat());
      response.flushHeaders();
    },
    data: (bytes) => {
      answered.add(bytes);
      response.write(bytes);
    },
    trailers: (map) => response.addTrailers(map.pairs),
    over: (cut) => {
      if (cut === null) response.end();
      else response.destroy();
      // The exchange is still in the middle of its own end.
      queueMicrotask(() => {
        if (onRequest) onRequest(wayOf(live.exchange, cut));
      });
    },
  };
  const body = Number(headers.find(([name]) => name === "content-length")?.[1] ?? 0) > 0;
  const chunked = headers.some(([name]) => name === "transfer-encoding");
  const live = gateway.live(
    { method, path: url, headers, ...((body || chunked) && { body: [] }) },
    client,
  );
  request.on("data", (chunk: Buffer) => {
    sent.add(chunk);
    live.send(chunk);
  });
  request.on("end", () => live.end());
  response.on("close", () => live.disconnect());

  function wayOf(exchange: Exchange, cut: string | null): RequestWay {
    return {
      method,
      path: url,
      requestHeaders: headers,
      requestBody: sent.bytes(),
      route: exchange.route?.name ?? null,
      status: Number(exchange.responseHeaders?.get(":status") ?? 0),
      responseHeaders,
      responseBody: answered.bytes(),
      ms: performance.now() - started,
      steps: exchange.trace,
      logs: exchange.logs,
      callouts: exchange.callouts,
      upstream: exchange.upstreamSaw,
      decidedBy: exchange.decidedBy,
      details: exchange.details,
      cut,
    };
  }
}

class Notes {
  readonly #chunks: Uint8Array[] = [];
  #size = 0;

  add(bytes: Uint8Array): void {
    const room = noted - this.#size;
    if (room <= 0) return;
    this.#chunks.push(bytes.subarray(0, room));
    this.#size += Math.min(room, bytes.length);
  }

  bytes(): Uint8Array {
    return Buffer.concat(this.#chunks);
  }
}

const pairsOf = (raw: string[]): Pair[] =>
  Array.from({ length: raw.length / 2 }, (_, i) => [raw[2 * i]!.toLowerCase(), raw[2 * i + 1]!]);
