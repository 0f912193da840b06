/**
 * A stream context: one request as one wasm filter sees it. Which maps and buffers a module can reach in which phase
 * is decided here, as in Envoy.
 */
import { BufferType, MapType, Status, StreamType } from "../../sdk/abi.ts";
import { Body } from "../http/body.ts";
import type { Exchange } from "../http/exchange.ts";
import {
  DataAnswer,
  HeadersAnswer,
  TrailersAnswer,
  type Filter,
  type LocalReply,
} from "../http/filter.ts";
import type { HeaderMap } from "../http/headers.ts";
import type { FilterStateType } from "../state/filter-state.ts";
import type { Callback } from "./callbacks.ts";
import type { Context } from "./context.ts";
import type { RootContext } from "./root.ts";
import type { Vm } from "./vm.ts";

const failed: Omit<LocalReply, "by"> = {
  status: 503,
  body: "",
  headers: [],
  grpcStatus: 14,
  details: "wasm_fail_stream",
};

export class StreamContext implements Filter, Context {
  readonly id: number;
  readonly name: string;
  #created = false;
  #destroyed = false;
  #failureSent = false;
  logging = false;
  readonly declared = new Map<string, FilterStateType>();
  #requestHeaders: HeaderMap | null = null;
  #requestTrailers: HeaderMap | null = null;
  #responseHeaders: HeaderMap | null = null;
  #responseTrailers: HeaderMap | null = null;
  #requestBody: Body | null = null;
  #responseBody: Body | null = null;
  #bufferingRequest = false;
  #bufferingResponse = false;
  #ended = false;
  #paused: string | null = null;

  constructor(
    readonly vm: Vm,
    readonly root: RootContext,
    readonly exchange: Exchange,
    private readonly index: number,
  ) {
    this.id = vm.nextContextId();
    this.name = root.plugin.name;
    root.streams++;
  }

  readonly tcp = null;

  get stream(): StreamContext {
    return this;
  }

  #create(): void {
    this.#created = true;
    if (this.vm.failure !== null) return;
    this.vm.contexts.set(this.id, this);
    this.vm.call(this, this.vm.on.context_create, this.id, this.root.id);
    this.vm.settle();
  }

  /** Envoy asks before and after each callback whether the VM is dead. */
  #dead(): boolean {
    if (this.vm.failure === null) return false;
    // Also where the policy is to fail open: that lets only later requests pass.
    this.#failStream();
    return true;
  }

  #failStream(): void {
    if (this.#failureSent) return;
    this.#failureSent = true;
    this.exchange.localReply({ ...failed, by: this.name });
  }

  #headersCallback(callback: Callback | undefined, count: number, end: boolean): HeadersAnswer {
    const stop = HeadersAnswer.StopAllAndWatermark;
    if (this.#dead()) return stop;
    if (!callback) return HeadersAnswer.Continue;
    const { vm } = this;
    const answer = vm.call(this, callback, this.id, count, end ? 1 : 0);
    const result = vm.failure !== null || vm.stopNext ? stop : this.#headersAnswer(answer);
    this.#dead();
    vm.settle();
    return result;
  }

  /** Envoy knows no 2, and turns a pause of the headers alone into one of everything unless it is allowed. */
  #headersAnswer(answer: number): HeadersAnswer {
    if (answer === 0 || answer === 2) {
      if (answer === 2) this.#noteAnswer(answer, "a continue that ends no stream");
      return HeadersAnswer.Continue;
    }
    if (answer === 3) return HeadersAnswer.StopAllAndBuffer;
    if (answer === 1 && this.root.plugin.headersStopIteration) return HeadersAnswer.StopIteration;
    if (answer !== 4) this.#noteAnswer(answer, "a stop of body and trailers too");
    return HeadersAnswer.StopAllAndWatermark;
  }

  #noteAnswer(answer: number, meaning: string): void {
    this.vm.host.swallowed(`the answer ${answer} of ${this.name}, taken for ${meaning}`);
  }

  #dataCallback(callback: Callback | undefined, size: number, end: boolean): DataAnswer {
    const stop = DataAnswer.StopNoBuffer;
    if (this.#dead()) return stop;
    if (!callback) return DataAnswer.Continue;
    const { vm } = this;
    const answer = vm.call(this, callback, this.id, size, end ? 1 : 0);
    const known = vm.failure === null && !vm.stopNext;
    if (known && answer > 3) this.#noteAnswer(answer, "a stop without a buffer");
    const result = known && answer <= 3 ? (answer as DataAnswer) : stop;
    this.#dead();
    vm.settle();
    return result;
  }

  #trailersCallback(callback: Callback | undefined, count: number): TrailersAnswer {
    const stop = TrailersAnswer.Stop;
    if (this.#dead()) return stop;
    if (!callback) return TrailersAnswer.Continue;
    const { vm } = this;
    const answer = vm.call(this, callback, this.id, count);
    const known = vm.failure === null && !vm.stopNext;
    if (known && answer > 1) this.#noteAnswer(answer, "a stop");
    const result = known && answer === 0 ? TrailersAnswer.Continue : stop;
    this.#dead();
    vm.settle();
    return result;
  }

  decodeHeaders(headers: HeaderMap, end: boolean): HeadersAnswer {
    this.#create();
    this.#requestHeaders = headers;
    this.#ended = end;
    const answer = this.#headersCallback(this.vm.on.request_headers, headers.size, end);
    if (answer === HeadersAnswer.Continue) this.#requestHeaders = null;
    else this.#paused = "request headers";
    return answer;
  }

  decodeData(body: Body, end: boolean): DataAnswer {
    if (!this.#created || this.#failureSent) return DataAnswer.Continue;
    if (this.#bufferingRequest) this.exchange.keepRequest(body);
    this.#requestBody = body;
    this.#ended = end;
    const size = this.buffer(BufferType.RequestBody)?.length ?? 0;
    const answer = this.#dataCallback(this.vm.on.request_body, size, end);
    this.#bufferingRequest = answer === DataAnswer.StopAndBuffer;
    if (answer === DataAnswer.Continue) {
      this.#requestBody = null;
      this.#paused = null;
    } else this.#paused = "request body";
    return answer;
  }

  decodeTrailers(trailers: HeaderMap): TrailersAnswer {
    if (!this.#created || this.#failureSent) return TrailersAnswer.Continue;
    this.#requestTrailers = trailers;
    const answer = this.#trailersCallback(this.vm.on.request_trailers, trailers.size);
    if (answer === TrailersAnswer.Continue) this.#requestTrailers = null;
    this.#paused = answer === TrailersAnswer.Continue ? null : "request trailers";
    return answer;
  }

  encodeHeaders(headers: HeaderMap, end: boolean): HeadersAnswer {
    if (!this.#created || this.#failureSent) return HeadersAnswer.Continue;
    this.#responseHeaders = headers;
    this.#ended = end;
    const answer = this.#headersCallback(this.vm.on.response_headers, headers.size, end);
    if (answer === HeadersAnswer.Continue) this.#responseHeaders = null;
    this.#paused = answer === HeadersAnswer.Continue ? null : "response headers";
    return answer;
  }

  encodeData(body: Body, end: boolean): DataAnswer {
    if (!this.#created || this.#failureSent) return DataAnswer.Continue;
    if (this.#bufferingResponse) this.exchange.keepResponse(body);
    this.#responseBody = body;
    this.#ended = end;
    const size = this.buffer(BufferType.ResponseBody)?.length ?? 0;
    const answer = this.#dataCallback(this.vm.on.response_body, size, end);
    this.#bufferingResponse = answer === DataAnswer.StopAndBuffer;
    if (answer === DataAnswer.Continue) {
      this.#responseBody = null;
      this.#paused = null;
    } else this.#paused = "response body";
    return answer;
  }

  encodeTrailers(trailers: HeaderMap): TrailersAnswer {
    if (!this.#created || this.#failureSent) return TrailersAnswer.Continue;
    this.#responseTrailers = trailers;
    const answer = this.#trailersCallback(this.vm.on.response_trailers, trailers.size);
    if (answer === TrailersAnswer.Continue) this.#responseTrailers = null;
    this.#paused = answer === TrailersAnswer.Continue ? null : "response trailers";
    return answer;
  }

  decodeMetadata(entries: number): void {
    if (this.#created && !this.#failureSent) this.vm.notify(this, "request_metadata", entries);
  }

  encodeMetadata(entries: number): void {
    if (this.#created && !this.#failureSent) this.vm.notify(this, "response_metadata", entries);
  }

  log(): void {
    if (!this.#created) this.#create();
    this.logging = true;
    this.vm.notify(this, "log");
    this.logging = false;
  }

  destroy(): void {
    if (this.#destroyed) return;
    this.#destroyed = true;
    this.root.streams--;
    if (!this.#created) return;
    this.vm.notify(this, "done");
    this.vm.notify(this, "delete");
    this.vm.contexts.delete(this.id);
  }

  waiting(): string | null {
    if (!this.#paused) return null;
    const { calls, grpc } = this.root;
    return calls.size + grpc.size > 0 ? null : this.#paused;
  }

  /** The map a module may write; null where Envoy has none. */
  map(type: MapType): HeaderMap | null {
    switch (type) {
      case MapType.RequestHeaders:
        return this.#requestHeaders;
      case MapType.ResponseHeaders:
        return this.#responseHeaders;
      case MapType.RequestTrailers:
        if (!this.#requestTrailers && this.#requestBody && this.#ended)
          this.#requestTrailers = this.exchange.addRequestTrailers();
        return this.#requestTrailers;
      case MapType.ResponseTrailers:
        if (!this.#responseTrailers && this.#responseBody && this.#ended)
          this.#responseTrailers = this.exchange.addResponseTrailers();
        return this.#responseTrailers;
      default:
        return null;
    }
  }

  /** The map a module may read. */
  readable(type: MapType): HeaderMap | null {
    const { root } = this;
    switch (type) {
      case MapType.RequestHeaders:
        return this.logging ? this.exchange.requestHeaders : this.#requestHeaders;
      case MapType.RequestTrailers:
        return this.logging ? null : this.#requestTrailers;
      case MapType.ResponseHeaders:
        return this.logging ? this.exchange.responseHeaders : this.#responseHeaders;
      case MapType.ResponseTrailers:
        return this.logging ? this.exchange.responseTrailers : this.#responseTrailers;
      case MapType.CallResponseHeaders:
        return root.response?.headers ?? null;
      case MapType.CallResponseTrailers:
        return root.response?.trailers ?? null;
      case MapType.GrpcInitialMetadata:
        return root.grpcInitial;
      case MapType.GrpcTrailingMetadata:
        return root.grpcTrailing;
      default:
        return null;
    }
  }

  buffer(type: BufferType.RequestBody | BufferType.ResponseBody): Body | null {
    if (type === BufferType.RequestBody)
      return this.#bufferingRequest ? this.exchange.bufferedRequest : this.#requestBody;
    return this.#bufferingResponse ? this.exchange.bufferedResponse : this.#responseBody;
  }

  /** The request's headers as properties see them. */
  /** A filter that held the answer's headers goes on seeing those, also when another answer took their place. */
  get propertyHeaders(): { request: HeaderMap | null; response: HeaderMap | null } {
    return {
      request: this.readable(MapType.RequestHeaders),
      response: this.#responseHeaders ?? this.readable(MapType.ResponseHeaders),
    };
  }

  sendLocalReply(reply: LocalReply): Status {
    this.#noteEnded("send_local_response");
    this.vm.after.push(() => {
      if (!this.#failureSent) this.exchange.localReply(reply);
    });
    return Status.Ok;
  }

  /** Envoy's filter is gone by then: in its log and done phases the first two end the whole process. */
  #noteEnded(call: string): void {
    if (!this.exchange.over) return;
    const fatal = call === "continue_stream" ? "" : ", which can end the whole Envoy process";
    this.vm.host.swallowed(`${call} of ${this.name} after the stream's end${fatal}`);
  }

  resume(type: StreamType): Status {
    if (type > StreamType.Upstream) return Status.BadArgument;
    if (type === StreamType.Downstream) {
      this.vm.host.swallowed("continue_stream of a connection, which an HTTP filter has none of");
      return Status.Ok;
    }
    this.#noteEnded("continue_stream");
    // Envoy lets go of the request's maps here, whichever direction goes on.
    this.#requestHeaders = this.#requestTrailers = this.#requestBody = null;
    this.vm.after.push(() => {
      this.#paused = null;
      this.exchange.resume(this.index, type);
    });
    return Status.Ok;
  }

  close(type: StreamType): Status {
    if (type > StreamType.Upstream) return Status.BadArgument;
    this.#noteEnded("close_stream");
    if (type >= StreamType.Downstream)
      this.vm.host.swallowed("close_stream of a connection, which an HTTP filter has none of");
    else
      this.vm.after.push(() => {
        this.exchange.details ||= "wasm_close_stream";
        this.exchange.reset(`closed by ${this.name}`);
      });
    return Status.Ok;
  }
}
