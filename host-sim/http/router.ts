/** The end of a request's way: Envoy's router, which asks the upstream once the request is whole. */
import type { Timer } from "../state/clock.ts";
import type { Host } from "../wasm/host.ts";
import type { HeaderMap, Pair } from "./headers.ts";
import type { ReadyRoute } from "./routes.ts";
import {
  UpstreamCall,
  type ResetReason,
  type Upstream,
  type UpstreamListener,
  type UpstreamRequest,
  type Waiting,
} from "./upstream.ts";
import { outgoing, ResponseFlag, statedLength, unsendable } from "../codec/wire.ts";

/** The request, as far as the router has to know it and to tell it something. */
export interface Routed {
  readonly settings: { host: Host; waiting: Waiting; upstream: Upstream; routeTimeoutMs: number };
  readonly over: boolean;
  readonly responseHeaders: HeaderMap | null;
  /** The client has headers of an answer. */
  readonly clientStarted: boolean;
  readonly answering: Omit<UpstreamListener, "reset">;
  flags: number;
  details: string;
  requestBytes: number;
  findRoute(): ReadyRoute | null;
  /** What the gateway answers by itself. */
  own(status: number, text: string, details: string): void;
  reset(reason: string): void;
}

export class Router {
  /** What of the request got to the upstream. */
  seen: UpstreamRequest | null = null;
  attempts = 0;
  #route: ReadyRoute | null = null;
  #headers: HeaderMap | null = null;
  readonly #body: Uint8Array[] = [];
  #call: UpstreamCall | null = null;
  #timer: Timer | undefined;
  /** The upstream has answered to the end: it cannot be late any more, whatever holds its answer. */
  #answered = false;

  constructor(
    private readonly request: Routed,
    private readonly head: boolean,
  ) {}

  headers(headers: HeaderMap, end: boolean): void {
    const { request } = this;
    const route = request.findRoute();
    if (!route) {
      request.flags |= ResponseFlag.NoRoute;
      return request.own(404, "", "route_not_found");
    }
    if (route.respond) {
      request.requestBytes = 0;
      return request.own(route.respond.status, route.respond.body ?? "", "direct_response");
    }
    this.#route = route;
    this.#headers = headers;
    const ms = this.#timeoutMs;
    if (ms > 0) headers.put("x-envoy-expected-rq-timeout-ms", String(ms));
    if (end) this.#ask(headers, [], true);
  }

  data(bytes: Uint8Array, end: boolean): void {
    if (!this.#headers) return;
    if (bytes.length) this.#body.push(bytes);
    if (end) this.#ask(this.#headers, []);
  }

  trailers(trailers: HeaderMap): void {
    if (this.#headers) this.#ask(this.#headers, trailers.pairs);
  }

  stop(): void {
    this.#call?.cancel();
    this.request.settings.host.clock.cancel(this.#timer);
  }

  get #timeoutMs(): number {
    return this.#route?.timeoutMs ?? this.request.settings.routeTimeoutMs;
  }

  #ask(headers: HeaderMap, trailers: Pair[], bare = false): void {
    const { request } = this;
    const { host, waiting, upstream: usual } = request.settings;
    const route = this.#route!;
    const body = this.#body.length === 1 ? this.#body[0]! : Buffer.concat(this.#body);
    const refused = unsendable(headers);
    if (refused !== null)
      return request.own(503, refused, "filter_removed_required_request_headers");
    const normal = route.upstream ?? usual;
    const sent = outgoing(headers, body, trailers, route, normal, bare);
    const stated = statedLength(headers);
    if (stated !== null && stated !== body.length)
      host.swallowed(`a request body of ${body.length} bytes with content-length ${stated}`);
    this.#call = new UpstreamCall(host.clock, waiting, this.#listener(), this.head);
    this.attempts = 1;
    if (sent.arrives) this.seen = sent.request;
    host.drain();
    if (request.over) return;
    this.#call.start(sent.upstream, sent.request);
    const ms = this.#timeoutMs;
    if (ms > 0 && !request.over && !this.#answered)
      this.#timer = host.clock.after(ms, () => this.#late());
  }

  #listener(): UpstreamListener {
    const { answering } = this.request;
    return {
      ...answering,
      headers: (headers, end) => {
        if (end) this.#whole();
        answering.headers(headers, end);
      },
      data: (bytes, end) => {
        if (end) this.#whole();
        answering.data(bytes, end);
      },
      trailers: (trailers) => {
        this.#whole();
        answering.trailers(trailers);
      },
      reset: (why) => this.#gone(why),
    };
  }

  #whole(): void {
    this.#answered = true;
    this.request.settings.host.clock.cancel(this.#timer);
  }

  #late(): void {
    const { request } = this;
    if (request.clientStarted) return request.reset("upstream request timeout");
    request.flags |= ResponseFlag.UpstreamTimeout;
    request.own(504, "upstream request timeout", "response_timeout");
  }

  #gone(reason: ResetReason): void {
    const { request } = this;
    // An answer that breaks off is no answer in HTTP's terms.
    const begun = request.responseHeaders !== null;
    const [flag, why] = begun
      ? [ResponseFlag.UpstreamProtocolError, "protocol error"]
      : reason === "refused"
        ? [ResponseFlag.UpstreamRefused, "remote connection failure"]
        : [ResponseFlag.UpstreamCut, "connection termination"];
    request.flags |= flag;
    const details = `upstream_reset_${begun ? "after" : "before"}_response_started{${why.replaceAll(" ", "_")}}`;
    if (request.clientStarted) {
      request.details = details;
      return request.reset("the upstream hung up");
    }
    const text = `upstream connect error or disconnect/reset before headers. reset reason: ${why}`;
    request.own(begun ? 502 : 503, text, details);
  }
}
