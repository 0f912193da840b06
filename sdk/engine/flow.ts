/**
 * A request's way through the callbacks: which phase comes next, what the host is told, when it is let
 * go on. One function per callback of the host; each leaves the stream in a state from which an answer
 * to a call can take it up again.
 */
import { Action, BufferType, DataStatus, HeadersStatus, StreamType } from "../abi";
import { proxy_continue_stream } from "../env";
import { Chunk } from "../body";
import { bufferSize } from "../hostcalls/body";
import { HeaderMap } from "../hostcalls/headers";
import { decimal } from "../hostcalls/text";
import { responseMap } from "../response";
import { requestMap } from "../request";
import { Reply } from "../reply";
import { reply } from "./acts";
import { takeRefused, answeredAt, answeredStream, answeredTag } from "./calls";
import { Chain } from "./chain";
import { recordRequest } from "./conditions/hook";
import { keeper } from "./keeper";
import { Handles } from "./link";
import { Fact, Phase, Stream } from "./stream";
import { Walk, begin, outward, requestChunk, responseChunk, rerun, resume } from "./walk";

/** Largest body that is held for a policy; a larger request gets 413, a larger response 500. */
export const BODY_LIMIT: i32 = 10 << 20;

function tooLarge(status: i32, what: string): void {
  const words = "The " + what + " body is larger than " + decimal(BODY_LIMIT) + " bytes";
  reply(new Reply(status).error(words));
}

function handles(stream: Stream, what: i32): bool {
  return (changetype<Chain>(stream.chain).handles & what) != 0;
}

/** Calls that the host refused are answered before the callback ends. */
function answerRefused(stream: Stream, walk: Walk): Walk {
  while (walk == Walk.Waits && takeRefused()) {
    if (answeredStream == stream.id) walk = resume(stream, answeredAt, answeredTag, true, 0);
  }
  return walk;
}

export function requestHeaders(stream: Stream, ended: bool): i32 {
  if (ended) stream.note(Fact.RequestEnded);
  keeper(stream);
  recordRequest(stream);
  const walk = answerRefused(stream, begin(stream, Phase.RequestHeaders, 0));
  if (walk != Walk.Done) return HeadersStatus.StopIteration;
  return afterRequestHeaders(stream) ? HeadersStatus.Continue : HeadersStatus.StopIteration;
}

/** True if the request may go on; false if it is held for its body, waits or was answered. */
function afterRequestHeaders(stream: Stream): bool {
  if (!handles(stream, Handles.RequestBody)) {
    stream.phase = Phase.RequestChunk;
    return requestPieces(stream);
  }
  if (stream.has(Fact.RequestEnded)) return requestBodyIsHere(stream);
  stream.note(Fact.HoldsRequest);
  stream.phase = Phase.RequestBody;
  return false;
}

function requestBodyIsHere(stream: Stream): bool {
  const size = bufferSize(BufferType.RequestBody);
  if (answerRefused(stream, begin(stream, Phase.RequestBody, size)) != Walk.Done) return false;
  stream.forget(Fact.HoldsRequest);
  return requestPieces(stream);
}

/**
 * Shows what was held, for a policy or while the request waited, to those that see the body in pieces:
 * the host does not bring it again. False if one of them answered.
 */
function requestPieces(stream: Stream): bool {
  if (isDefined(PIECES)) {
    requestChunk.last = stream.has(Fact.RequestEnded);
    return heldPieces(stream, Phase.RequestChunk, Handles.RequestChunk, requestMap, requestChunk);
  }
  return true;
}

function responsePieces(stream: Stream): bool {
  if (isDefined(PIECES)) {
    responseChunk.last = stream.has(Fact.ResponseEnded);
    return heldPieces(
      stream,
      Phase.ResponseChunk,
      Handles.ResponseChunk,
      responseMap,
      responseChunk,
    );
  }
  return true;
}

function heldPieces(
  stream: Stream,
  phase: Phase,
  handler: Handles,
  headers: HeaderMap,
  chunk: Chunk,
): bool {
  if (!handles(stream, handler)) return true;
  const size = chunk.length;
  if (!size && chunk.last) return true;
  // Pieces may change on their way, so the length that was announced no longer holds.
  if (headers.find("content-length") >= 0) headers.remove("content-length");
  return !size || begin(stream, phase, size) == Walk.Done;
}

export function requestBody(stream: Stream, size: i32, ended: bool): i32 {
  if (ended) stream.note(Fact.RequestEnded);
  if (stream.has(Fact.Paused) || stream.has(Fact.HoldsRequest)) {
    if (bufferSize(BufferType.RequestBody) > BODY_LIMIT) {
      stream.phase = Phase.RequestBody;
      tooLarge(413, "request");
      return DataStatus.StopIterationNoBuffer;
    }
    // Nobody wants to see this body: let the client slow down instead of filling the buffer. Where
    // somebody does, this may not be said: the host then has no buffer to show, and may end if asked.
    if (!handles(stream, Handles.RequestBody | Handles.RequestChunk)) {
      return DataStatus.StopIterationAndWatermark;
    }
    if (stream.has(Fact.Paused) || !ended) return DataStatus.StopIterationAndBuffer;
    return requestBodyIsHere(stream) ? DataStatus.Continue : DataStatus.StopIterationAndBuffer;
  }
  if (!handles(stream, Handles.RequestChunk)) return DataStatus.Continue;
  requestChunk.last = ended;
  const walk = begin(stream, Phase.RequestChunk, size);
  return walk == Walk.Done ? DataStatus.Continue : DataStatus.StopIterationNoBuffer;
}

export function responseHeaders(stream: Stream, ended: bool): i32 {
  stream.note(Fact.ResponseStarted);
  // Envoy may answer while the request waits (413, a timeout): what it waited for is of no use then.
  stream.forget(Fact.Paused);
  stream.waiting = 0;
  stream.turn++;
  if (ended) stream.note(Fact.ResponseEnded);
  const walk = answerRefused(stream, begin(stream, Phase.ResponseHeaders, 0));
  if (walk != Walk.Done) return HeadersStatus.StopIteration;
  return afterResponseHeaders(stream) ? HeadersStatus.Continue : HeadersStatus.StopIteration;
}

function afterResponseHeaders(stream: Stream): bool {
  if (!handles(stream, Handles.ResponseBody)) {
    stream.phase = Phase.ResponseChunk;
    return responsePieces(stream);
  }
  if (stream.has(Fact.ResponseEnded)) return responseBodyIsHere(stream);
  stream.note(Fact.HoldsResponse);
  stream.phase = Phase.ResponseBody;
  return false;
}

function responseBodyIsHere(stream: Stream): bool {
  const size = bufferSize(BufferType.ResponseBody);
  if (answerRefused(stream, begin(stream, Phase.ResponseBody, size)) != Walk.Done) return false;
  stream.forget(Fact.HoldsResponse);
  return responsePieces(stream);
}

export function responseBody(stream: Stream, size: i32, ended: bool): i32 {
  if (ended) stream.note(Fact.ResponseEnded);
  if (stream.has(Fact.Paused) || stream.has(Fact.HoldsResponse)) {
    if (bufferSize(BufferType.ResponseBody) > BODY_LIMIT) {
      stream.phase = Phase.ResponseBody;
      tooLarge(500, "response");
      return DataStatus.StopIterationNoBuffer;
    }
    if (stream.has(Fact.Paused) || !ended) return DataStatus.StopIterationAndBuffer;
    return responseBodyIsHere(stream) ? DataStatus.Continue : DataStatus.StopIterationAndBuffer;
  }
  if (!handles(stream, Handles.ResponseChunk)) return DataStatus.Continue;
  responseChunk.last = ended;
  const walk = begin(stream, Phase.ResponseChunk, size);
  return walk == Walk.Done ? DataStatus.Continue : DataStatus.StopIterationNoBuffer;
}

/** Trailers end a body that has them: what was held for its end is run now. */
export function requestTrailers(stream: Stream): i32 {
  stream.note(Fact.RequestEnded);
  if (stream.has(Fact.Paused)) return Action.Pause;
  if (stream.has(Fact.HoldsRequest) && !requestBodyIsHere(stream)) return Action.Pause;
  return begin(stream, Phase.RequestTrailers, 0) == Walk.Done ? Action.Continue : Action.Pause;
}

export function responseTrailers(stream: Stream): i32 {
  stream.note(Fact.ResponseEnded);
  if (stream.has(Fact.Paused)) return Action.Pause;
  if (stream.has(Fact.HoldsResponse) && !responseBodyIsHere(stream)) return Action.Pause;
  return begin(stream, Phase.ResponseTrailers, 0) == Walk.Done ? Action.Continue : Action.Pause;
}

/** An answer has come: the waiting policy gets it, and the request goes on if that was the last thing. */
export function answered(stream: Stream, at: i32, tag: i32, failed: bool, bytes: i32): void {
  goOn(stream, resume(stream, at, tag, failed, bytes));
}

/** What a stream waited for has come: its handler runs again. */
export function woken(stream: Stream): void {
  goOn(stream, rerun(stream, 0));
}

/** A request whose chain was late begins. */
export function startedLate(stream: Stream): void {
  keeper(stream);
  recordRequest(stream);
  goOn(stream, begin(stream, Phase.RequestHeaders, 0));
}

function goOn(stream: Stream, walk: Walk): void {
  if (answerRefused(stream, walk) != Walk.Done) return;
  if (outward(stream.phase)) {
    if (stream.phase == Phase.ResponseHeaders && !afterResponseHeaders(stream)) return;
    if (stream.phase == Phase.ResponseBody && !responsePieces(stream)) return;
    stream.forget(Fact.HoldsResponse);
    proxy_continue_stream(StreamType.Response);
  } else {
    if (stream.phase == Phase.RequestHeaders && !afterRequestHeaders(stream)) return;
    if (stream.phase == Phase.RequestBody && !requestPieces(stream)) return;
    stream.forget(Fact.HoldsRequest);
    proxy_continue_stream(StreamType.Request);
  }
}
