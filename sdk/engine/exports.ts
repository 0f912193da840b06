/**
 * The callbacks that the host looks up. Each opens the callback's memory, finds the stream, hands over
 * to the flow and gives the memory back. The one file whose names are the host's.
 */
import { Action, BufferType, DataStatus, HeadersStatus } from "../abi";
import { proxy_set_effective_context } from "../env";
import { bufferBytes } from "../hostcalls/body";
import { rawProperty, propertySize } from "../hostcalls/property";
import { encode, decode, written } from "../hostcalls/text";
import {
  answeredAge,
  answeredAt,
  answeredChain,
  answeredStream,
  answeredTurn,
  answeredTag,
  takeAnswer,
} from "./calls";
import { Chain } from "./chain";
import { configureRoot, letGo } from "./chains";
import { forgetFeedRoot } from "./feed/hook";
import * as flow from "./flow";
import { PREPARING, refuel } from "./fuel";
import { setChain, setLink, setRoot, setStream } from "./live";
import { fed, refreshed, tick } from "./rooted";
import { closeRoot, findRoot, openRoot } from "./roots";
import { enterCallback, leaveCallback } from "./runtime/index";
import { prepare } from "./start";
import { Fact, Stream, closeStream, findStream, openStream } from "./stream";
import { answer, finish } from "./walk";
import { watchMemory } from "./watch";

export { onFault } from "./fault";
export { fuel } from "./fuel";

/** Marks the ABI that this module speaks. */
export function proxy_abi_version_0_2_1(): void {}

/** The host writes what it returns into this: an ArrayBuffer of the running callback. */
export function proxy_on_memory_allocate(size: usize): usize {
  return __new(size, idof<ArrayBuffer>());
}

function enter(stream: Stream): void {
  setStream(changetype<usize>(stream));
  setChain(stream.chain);
  setLink(0);
  refuel(0);
  enterCallback(stream.slot());
  watchMemory();
}

function enterRoot(id: u32): void {
  setStream(0);
  setRoot(id);
  setLink(0);
  refuel(0);
  enterCallback(0);
  watchMemory();
}

export function proxy_on_context_create(id: u32, parent: u32): void {
  if (!parent) {
    openRoot(id);
    return;
  }
  openStream(id).root = parent;
}

export function proxy_on_configure(root: u32, size: i32): i32 {
  enterRoot(root);
  refuel(PREPARING);
  const ok = configureRoot(
    root,
    size ? bufferBytes(BufferType.PluginConfiguration) : new Uint8Array(0),
  );
  leaveCallback();
  return ok ? 1 : 0;
}

export function proxy_on_request_headers(id: u32, count: u32, ended: i32): i32 {
  const stream = findStream(id);
  if (!stream) return HeadersStatus.Continue;
  enter(stream);
  let status: i32 = HeadersStatus.Continue;
  if (prepare(stream)) status = flow.requestHeaders(stream, ended != 0);
  else if (stream.has(Fact.Failed)) status = HeadersStatus.StopIteration;
  else if (held(stream)) {
    if (ended) stream.note(Fact.RequestEnded);
    status = HeadersStatus.StopIteration;
  }
  leaveCallback();
  return status;
}

/** True if the request waits for its chain, and nothing of it may flow on. */
function held(stream: Stream): bool {
  return isDefined(FEED) && stream.has(Fact.Unprepared);
}

/** True if the chain still has a say in this stream. */
function active(stream: Stream | null): bool {
  return (
    stream !== null && stream.chain != 0 && !stream.has(Fact.Replied) && !stream.has(Fact.Failed)
  );
}

export function proxy_on_request_body(id: u32, size: i32, ended: i32): i32 {
  const stream = findStream(id);
  if (!stream) return DataStatus.Continue;
  if (held(stream)) {
    if (ended) stream.note(Fact.RequestEnded);
    // The chain that comes may want to see it: after any other answer the host has no buffer to show.
    return DataStatus.StopIterationAndBuffer;
  }
  if (!active(stream)) {
    return stream.has(Fact.Replied) ? DataStatus.StopIterationNoBuffer : DataStatus.Continue;
  }
  enter(stream);
  const status = flow.requestBody(stream, size, ended != 0);
  leaveCallback();
  return status;
}

export function proxy_on_response_headers(id: u32, count: u32, ended: i32): i32 {
  const stream = findStream(id);
  if (stream && held(stream)) stream.forget(Fact.Unprepared);
  if (!stream || !active(stream)) return HeadersStatus.Continue;
  enter(stream);
  const status = flow.responseHeaders(stream, ended != 0);
  leaveCallback();
  return status;
}

export function proxy_on_response_body(id: u32, size: i32, ended: i32): i32 {
  const stream = findStream(id);
  if (!stream || !active(stream)) return DataStatus.Continue;
  enter(stream);
  const status = flow.responseBody(stream, size, ended != 0);
  leaveCallback();
  return status;
}

export function proxy_on_request_trailers(id: u32, count: u32): i32 {
  const stream = findStream(id);
  if (stream && held(stream)) {
    stream.note(Fact.RequestEnded);
    return Action.Pause;
  }
  if (!stream || !active(stream)) {
    return stream !== null && stream.has(Fact.Replied) ? Action.Pause : Action.Continue;
  }
  enter(stream);
  const status = flow.requestTrailers(stream);
  leaveCallback();
  return status;
}

export function proxy_on_response_trailers(id: u32, count: u32): i32 {
  const stream = findStream(id);
  if (!stream || !active(stream)) return Action.Continue;
  enter(stream);
  const status = flow.responseTrailers(stream);
  leaveCallback();
  return status;
}

export function proxy_on_http_call_response(
  root: u32,
  token: u32,
  headers: u32,
  size: i32,
  trailers: u32,
): void {
  if (!takeAnswer(token)) {
    fed(root, token, headers == 0, size);
    return;
  }
  if (answeredChain) {
    refreshed(root, answeredChain, answeredAt, answeredTag, headers == 0, size);
    return;
  }
  const stream = findStream(answeredStream);
  // The stream may have ended, and its record may serve another by now.
  if (!stream || stream.age != answeredAge || stream.turn != answeredTurn || !active(stream))
    return;
  if (proxy_set_effective_context(stream.id) != 0) return;
  enter(stream);
  flow.answered(stream, answeredAt, answeredTag, headers == 0, size);
  leaveCallback();
}

/** The message that answers a gRPC call. */
export function proxy_on_grpc_receive(root: u32, token: u32, size: i32): void {
  grpcAnswered(token, 0, size);
}

/** A gRPC call that failed, with the code of its service or of the host. */
export function proxy_on_grpc_close(root: u32, token: u32, status: i32): void {
  grpcAnswered(token, status, 0);
}

function grpcAnswered(token: u32, status: i32, size: i32): void {
  if (!takeAnswer(token)) return;
  const stream = findStream(answeredStream);
  if (!stream || stream.age != answeredAge || stream.turn != answeredTurn || !active(stream))
    return;
  if (proxy_set_effective_context(stream.id) != 0) return;
  enter(stream);
  answer.grpcStatus = status;
  flow.answered(stream, answeredAt, answeredTag, status != 0, size);
  answer.grpcStatus = -1;
  leaveCallback();
}

export function proxy_on_tick(root: u32): void {
  tick(root);
}

export function proxy_on_log(id: u32): void {
  const stream = findStream(id);
  // Also after a fault: what a policy holds for the request has to be given back.
  if (!stream || !stream.chain) return;
  enter(stream);
  finish(stream);
  leaveCallback();
}

export function proxy_on_delete(id: u32): void {
  const stream = findStream(id);
  if (!stream) {
    const root = findRoot(id);
    if (root) {
      if (root.chain) letGo(root.chain);
      if (isDefined(FEED)) forgetFeedRoot(id);
      closeRoot(id);
    }
    return;
  }
  if (stream.chain) letGo(stream.chain);
  closeStream(stream);
}
