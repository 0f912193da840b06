/** One request and its answer: what Envoy's connection manager and filter chain do with it together. */
import { StreamType } from "../../sdk/abi.ts";
import type { Timer } from "../state/clock.ts";
import { toByteString } from "../bytes.ts";
import type { ErrorForm } from "../setup.ts";
import type { FilterState } from "../state/filter-state.ts";
import type { TraceStep } from "../trace/way.ts";
import type { Host, LogEntry } from "../wasm/host.ts";
import type { Body } from "./body.ts";
import type { CalloutRecord } from "./callouts.ts";
import type { Connection } from "./connection.ts";
import type { Filter, LocalReply } from "./filter.ts";
import { HeaderMap, type Pair } from "./headers.ts";
import { isRefusedPath } from "../codec/normalize-path.ts";
import { Path, type Sink } from "./path.ts";
import type { ReadyRoute } from "./routes.ts";
import { Router, type Routed } from "./router.ts";
import type { Upstream, UpstreamRequest, Waiting } from "./upstream.ts";
import { errorFor, frameAnswer, readyReply, ResponseFlag, statedLength } from "../codec/wire.ts";

export interface ExchangeSettings {
  host: Host;
  waiting: Waiting;
  routes: readonly ReadyRoute[];
  upstream: Upstream;
  serverName: string;
  /** Bytes that a filter may make the gateway keep, in each direction. */
  bufferLimit: number;
  routeTimeoutMs: number;
  errors: ErrorForm;
}

export interface Client {
  headers(headers: HeaderMap, end: boolean): void;
  data(bytes: Uint8Array): void;
  trailers(trailers: HeaderMap): void;
  /** The exchange is over; a reason says that it was cut. */
  over(cut: string | null): void;
}

export class Exchange implements Routed {
  filters: Filter[] = [];
  readonly startedAt: number;
  requestHeaders: HeaderMap | null = null;
  responseHeaders: HeaderMap | null = null;
  responseTrailers: HeaderMap | null = null;
  readonly filterState: FilterState = new Map();
  /** Dynamic metadata by namespace. */
  readonly dynamicMetadata: Record<string, Record<string, unknown>> = {};
  /** Why the answer is what it is: Envoy's `response_code_details`. */
  details = "";
  flags = 0;
  /** The upstream's status, a local reply's, and in the end what the client got: a filter's change shows late. */
  code: number | null = null;
  decidedBy: string | null = null;
  readonly logs: LogEntry[] = [];
  readonly callouts: CalloutRecord[] = [];
  /** Source lines of policies' faults, in modules that are built to tell them. */
  readonly faults: string[] = [];
  /** Filled only where the host traces. */
  readonly trace: TraceStep[] = [];
  requestBytes = 0;
  responseBytes = 0;
  over = false;
  /** The route last looked up; stale once a filter changed the headers, until someone looks again. */
  route: ReadyRoute | null = null;
  #routeKnown = false;
  /** What the client sent of what routes are chosen by. */
  #sent!: HeaderMap;
  #request!: Path;
  #response!: Path;
  #prepared: (() => void) | null = null;
  #router!: Router;
  readonly #timers: Timer[] = [];
  clientStarted = false;
  /** The bytes that the answer's headers promised. */
  #due: number | null = null;
  #grpc = false;
  #head = false;

  constructor(
    readonly settings: ExchangeSettings,
    private readonly client: Client,
    readonly connection: Connection,
  ) {
    this.startedAt = settings.host.clock.now;
  }

  get upstreamSaw(): UpstreamRequest | null {
    return this.#router.seen;
  }

  get attempts(): number {
    return this.#router.attempts;
  }

  get clientAddress(): string {
    return this.requestHeaders?.get("x-envoy-external-address") ?? "127.0.0.1";
  }

  /** Headers must be set before: filters that a route disables are left out by it. */
  begin(headers: HeaderMap, makeFilters: (exchange: Exchange) => Filter[]): void {
    this.requestHeaders = headers;
    const pseudo = headers.pairs.filter(([name]) => name.startsWith(":"));
    this.#sent = HeaderMap.of(headers.kind, pseudo);
    this.#head = headers.get(":method") === "HEAD";
    this.#grpc = (headers.get("content-type") ?? "").startsWith("application/grpc");
    this.findRoute();
    this.filters = makeFilters(this);
    const { bufferLimit } = this.settings;
    this.#router = new Router(this, this.#head);
    this.#request = new Path(
      this.filters.map((filter) => ({
        headers: (map, end) => filter.decodeHeaders(map, end),
        data: (body, end) => filter.decodeData(body, end),
        trailers: (map) => filter.decodeTrailers(map),
      })),
      {
        headers: (map, end) => this.#router.headers(map, end),
        data: (bytes, end) => this.#router.data(bytes, end),
        trailers: (map) => this.#router.trailers(map),
        tooLarge: this.#tooLarge(413, "request_payload_too_large", "Payload Too Large"),
        settled: this.#settled,
      },
      bufferLimit,
    );
    this.#response = new Path(
      [...this.filters].reverse().map((filter) => ({
        headers: (map, end) => filter.encodeHeaders(map, end),
        data: (body, end) => filter.encodeData(body, end),
        trailers: (map) => filter.encodeTrailers(map),
      })),
      this.#toClient,
      bufferLimit,
    );
  }

  sendHeaders(end: boolean): void {
    // Such a path reaches no filter; only the log sees it.
    if (isRefusedPath(this.requestHeaders!.get(":path") ?? ""))
      return this.own(400, "", "path_normalization_failed");
    this.#request.sendHeaders(this.requestHeaders!, end);
  }

  sendData(bytes: Uint8Array, end: boolean): void {
    this.requestBytes += bytes.length;
    this.#request.sendData(bytes, end);
  }

  sendTrailers(trailers: HeaderMap): void {
    this.#request.sendTrailers(trailers);
  }

  /** Goes past what holds headers and body. */
  sendMetadata(entries: number): void {
    for (const filter of this.filters) if (!this.over) filter.decodeMetadata?.(entries);
  }

  get bufferedRequest(): Body | null {
    return this.#request.buffered;
  }

  /** What a filter holds is shown to it whole: with the piece that comes now. */
  keepRequest(piece: Body): void {
    this.#request.keep(piece);
  }

  keepResponse(piece: Body): void {
    this.#response.keep(piece);
  }

  get bufferedResponse(): Body | null {
    return this.#response.buffered;
  }

  addRequestTrailers(): HeaderMap {
    return (this.#request.trailersMap ??= new HeaderMap("trailers"));
  }

  addResponseTrailers(): HeaderMap {
    return (this.#response.trailersMap ??= this.responseTrailers = new HeaderMap("trailers"));
  }

  clearRouteCache(): void {
    this.#routeKnown = false;
  }

  findRoute(): ReadyRoute | null {
    if (!this.#routeKnown) {
      const { routes } = this.settings;
      const headers = this.requestHeaders!;
      // Without this header Envoy's router does not even look.
      const known = headers.get("x-forwarded-proto") !== null;
      this.route = (known && routes.find((route) => route.matches(headers, this.#sent))) || null;
      this.#routeKnown = true;
    }
    return this.route;
  }

  resume(index: number, type: StreamType): void {
    if (this.over) return;
    if (type === StreamType.Request) this.#request.continueAt(index);
    else this.#response.continueAt(this.filters.length - 1 - index);
  }

  /** The filter that holds this request with nothing pending, and in which phase. */
  holder(): string | null {
    for (const filter of this.filters) {
      const phase = filter.waiting();
      if (phase) return `${filter.name} paused it in ${phase}, and no call or timer is pending`;
    }
    return null;
  }

  /** Envoy's `sendLocalReply`: through the response filters, past them, or by ending the stream. */
  localReply(reply: LocalReply): void {
    if (this.over) return;
    // A second reply of the same callback changes nothing but the reason that is logged.
    if (this.#prepared) {
      this.settings.host.swallowed(`a second local reply in one callback, with ${reply.status}`);
      this.details = reply.details;
      return;
    }
    const inRequest = this.#request.calling;
    const inResponse = this.#response.calling;
    this.#request.aborted = true;
    if (inResponse) this.#response.aborted = true;
    if (this.clientStarted) {
      this.settings.host.swallowed(`a local reply after the answer's headers, which cuts it`);
      return this.reset(`local reply after the headers: ${reply.details}`);
    }
    this.details = reply.details;
    this.decidedBy = reply.by || this.decidedBy;
    this.#router.stop();
    const direct = this.responseHeaders !== null;
    const send = (): void => this.#sendReply(reply, direct);
    if (inRequest || inResponse) this.#prepared = send;
    else send();
  }

  #sendReply(reply: LocalReply, direct: boolean): void {
    const { headers, body } = readyReply(this.#worded(reply), this.#grpc);
    this.responseHeaders = headers;
    this.code = reply.status;
    const bare = this.#head || body === "";
    const bytes = Buffer.from(body, "latin1");
    if (direct) {
      this.#response.aborted = true;
      this.#toClient.headers(headers, bare);
      if (!bare) this.#toClient.data(bytes, true);
      return;
    }
    this.#response.sendHeaders(headers, bare);
    if (!bare) this.#response.sendData(bytes, true);
  }

  /** The listener words every reply to a request without a route, a policy's too. */
  #worded(reply: LocalReply): LocalReply {
    const body = errorFor("route_not_found", this.settings.errors);
    if (body === null || !(this.flags & ResponseFlag.NoRoute)) return reply;
    const json: Pair = ["content-type", "application/json"];
    const typed = reply.headers.some(([name]) => name.toLowerCase() === "content-type");
    const headers: Pair[] = typed
      ? reply.headers.map((pair) => (pair[0].toLowerCase() === "content-type" ? json : pair))
      : [...reply.headers, ["content-length", String(body.length)], json];
    return { ...reply, body, headers };
  }

  /** The client hangs up. */
  clientGone(): void {
    this.flags |= ResponseFlag.ClientGone;
    this.details ||= "downstream_remote_disconnect";
    this.reset("the client hung up");
  }

  /** Ends everything at once: an upstream that is gone, or a filter that closes the stream. */
  reset(reason: string): void {
    this.#finish(reason);
  }

  /** Filters have seen the body to its end, whatever the client makes of bytes that are too many or too few. */
  #end(): void {
    const surplus = this.#due === null ? 0 : this.responseBytes - this.#due;
    if (surplus === 0) return this.#finish(null);
    const wrong = `the body is ${surplus > 0 ? "longer" : "shorter"} than its content-length, ${this.#due}`;
    this.settings.host.swallowed(`an answer is cut: ${wrong}`);
    this.#finish(wrong);
  }

  #finish(cut: string | null): void {
    if (this.over) return;
    this.over = true;
    this.#request.aborted = true;
    this.#response.aborted = true;
    this.#router.stop();
    for (const timer of this.#timers) this.settings.host.clock.cancel(timer);
    for (const filter of this.filters) filter.log();
    for (const filter of this.filters) filter.destroy();
    this.client.over(cut);
  }

  /** A timer that ends with the request, and is none if that is over. */
  later(ms: number, run: () => void): void {
    if (this.over) return;
    this.#timers.push(this.settings.host.clock.after(ms, run));
  }

  readonly #settled = (): void => {
    const prepared = this.#prepared;
    this.#prepared = null;
    prepared?.();
  };

  readonly #tooLarge = (status: number, details: string, text: string) => (): void =>
    this.own(status, text, details);

  /** What the gateway answers by itself. */
  own(status: number, text: string, details: string): void {
    const json = errorFor(details, this.settings.errors);
    const body = json ?? toByteString(text);
    const headers: Pair[] = [];
    if (json !== null)
      headers.push(["content-length", String(body.length)], ["content-type", "application/json"]);
    this.localReply({ status, body, headers, grpcStatus: null, details, by: "" });
  }

  /** What comes of the upstream goes to the response filters. */
  readonly answering = {
    headers: (headers: HeaderMap, end: boolean): void => {
      const { clock } = this.settings.host;
      const ms = Math.round(clock.now - this.startedAt);
      headers.put("x-envoy-upstream-service-time", String(ms));
      this.responseHeaders = headers;
      this.code = Number(headers.get(":status"));
      this.details ||= "via_upstream";
      this.#response.sendHeaders(headers, end);
    },
    data: (bytes: Uint8Array, end: boolean): void => this.#response.sendData(bytes, end),
    trailers: (map: HeaderMap): void => {
      this.responseTrailers = map;
      this.#response.sendTrailers(map);
    },
    metadata: (entries: number): void => {
      for (const filter of [...this.filters].reverse())
        if (!this.over) filter.encodeMetadata?.(entries);
    },
  };

  /** A filter spoiled the status: Envoy mends an upstream's answer, and sends its own as it is. */
  #noStatus(): void {
    if (this.decidedBy !== null) return this.reset("the answer has no status that HTTP knows");
    this.own(502, "missing required header: :status", "missing_status");
  }

  /** The end of the answer's way. */
  readonly #toClient: Sink = {
    headers: (headers, end) => {
      if (!/^[2-9]\d\d$/.test(headers.get(":status") ?? "")) return this.#noStatus();
      this.clientStarted = true;
      this.code = Number(headers.get(":status"));
      const { clock } = this.settings.host;
      headers.put("date", clock.httpDate());
      headers.put("server", this.settings.serverName);
      const sent = frameAnswer(headers, end, this.#head);
      // The rest of a request that is answered already is nobody's: its connection is not used again.
      if (!this.#request.ended)
        for (const map of new Set([headers, sent])) map.put("connection", "close");
      this.#due = end ? null : statedLength(headers);
      this.client.headers(sent, end);
      if (end) this.#finish(null);
    },
    data: (bytes, end) => {
      if (this.over) return;
      this.responseBytes += bytes.length;
      const surplus = this.#due === null ? 0 : this.responseBytes - this.#due;
      const rest = bytes.length - Math.max(0, surplus);
      if (rest >= 0) this.client.data(bytes.subarray(0, rest));
      if (end) this.#end();
    },
    trailers: (trailers) => {
      if (this.over) return;
      this.client.trailers(trailers);
      this.#end();
    },
    tooLarge: this.#tooLarge(500, "response_payload_too_large", "Internal Server Error"),
    settled: this.#settled,
  };
}
