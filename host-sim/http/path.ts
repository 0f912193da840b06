/**
 * One direction of a request through its filters: Envoy's filter manager, with its ways to stop, buffer and go on.
 * The last hop (the router, or the client) is no filter: it takes what passes.
 */
import { Body } from "./body.ts";
import { DataAnswer, HeadersAnswer, TrailersAnswer } from "./filter.ts";
import type { HeaderMap } from "./headers.ts";

/** One filter as this direction sees it. */
export interface Hop {
  headers(headers: HeaderMap, end: boolean): HeadersAnswer;
  data(body: Body, end: boolean): DataAnswer;
  trailers(trailers: HeaderMap): TrailersAnswer;
}

export interface Sink {
  headers(headers: HeaderMap, end: boolean): void;
  data(bytes: Uint8Array, end: boolean): void;
  trailers(trailers: HeaderMap): void;
  /** More was buffered than the limit allows. */
  tooLarge(): void;
  /** A filter's callback has returned: what had to wait for that can happen. */
  settled(): void;
}

enum Iteration {
  Going,
  StoppedOnce,
  StoppedAllBuffer,
  StoppedAllWatermark,
}

interface Stand {
  hop: Hop;
  iteration: Iteration;
  headersContinued: boolean;
  ended: boolean;
  fromHere: boolean;
}

export class Path {
  readonly #stands: Stand[];
  headers: HeaderMap | null = null;
  trailersMap: HeaderMap | null = null;
  /** The headers have left the filters. */
  #passed = false;
  /** What some filter made Envoy keep. All filters share it. */
  buffered: Body | null = null;
  /** The last byte, or the trailers, came in. */
  ended = false;
  /** Nothing moves any more: a local reply was sent, or the request is over. */
  aborted = false;
  /** A filter's callback of this direction runs now. */
  calling = false;

  constructor(
    hops: Hop[],
    private readonly sink: Sink,
    private readonly limit: number,
  ) {
    this.#stands = hops.map((hop) => ({
      hop,
      iteration: Iteration.Going,
      headersContinued: false,
      ended: false,
      fromHere: false,
    }));
  }

  /** The index of the filter that holds the request; -1 if none does. */
  get stopped(): number {
    return this.#stands.findIndex((stand) => stand.iteration !== Iteration.Going);
  }

  sendHeaders(headers: HeaderMap, end: boolean): void {
    this.headers = headers;
    this.ended ||= end;
    this.#headersFrom(0, end);
  }

  sendData(bytes: Uint8Array, end: boolean): void {
    if (this.aborted) return;
    this.ended ||= end;
    this.#dataFrom(0, Body.of(bytes), end);
  }

  sendTrailers(trailers: HeaderMap): void {
    if (this.aborted) return;
    this.ended = true;
    this.trailersMap = trailers;
    this.#trailersFrom(0);
  }

  /** Resumes at a filter that had stopped. Without a stop it does nothing that can be seen. */
  continueAt(index: number): void {
    const stand = this.#stands[index]!;
    if (this.aborted) return;
    stand.fromHere = stand.iteration >= Iteration.StoppedAllBuffer;
    stand.iteration = Iteration.Going;
    if (!stand.headersContinued) {
      stand.headersContinued = true;
      this.#headersFrom(index + 1, this.ended && !this.buffered && !this.trailersMap);
    }
    const hadTrailers = this.trailersMap !== null;
    const next = stand.fromHere ? index : index + 1;
    if (this.buffered && !this.aborted)
      this.#dataFrom(next, this.buffered, this.ended && !hadTrailers);
    if (hadTrailers && !this.aborted) this.#trailersFrom(next);
    stand.fromHere = false;
  }

  #headersFrom(start: number, end: boolean): void {
    const headers = this.headers!;
    let bodyFrom = -1;
    for (let i = start; i < this.#stands.length; i++) {
      const stand = this.#stands[i]!;
      stand.ended = end && bodyFrom < 0;
      const answer = this.#call(() => stand.hop.headers(headers, stand.ended));
      if (this.aborted) return;
      if (answer !== HeadersAnswer.Continue) {
        stand.iteration =
          answer === HeadersAnswer.StopIteration
            ? Iteration.StoppedOnce
            : answer === HeadersAnswer.StopAllAndBuffer
              ? Iteration.StoppedAllBuffer
              : Iteration.StoppedAllWatermark;
        return;
      }
      stand.headersContinued = true;
      // A filter gave a body to a request that came without one.
      if (end && this.buffered && bodyFrom < 0) bodyFrom = i;
    }
    this.#passed = true;
    this.sink.headers(headers, end && bodyFrom < 0);
    if (bodyFrom >= 0) this.#dataFrom(bodyFrom + 1, this.buffered!, end);
  }

  #dataFrom(start: number, body: Body, end: boolean): void {
    const hadTrailers = this.trailersMap !== null;
    let trailersFrom = -1;
    for (let i = start; i < this.#stands.length; i++) {
      const stand = this.#stands[i]!;
      if (stand.iteration >= Iteration.StoppedAllBuffer) {
        this.keep(body, stand.iteration === Iteration.StoppedAllWatermark);
        return;
      }
      if (stand.ended) return;
      stand.ended = end && !this.trailersMap;
      const answer = this.#call(() => stand.hop.data(body, stand.ended));
      if (this.aborted) return;
      if (!hadTrailers && this.trailersMap && trailersFrom < 0) {
        end = false;
        trailersFrom = i + 1;
      }
      if (answer !== DataAnswer.Continue) {
        stand.iteration = Iteration.StoppedOnce;
        if (answer !== DataAnswer.StopNoBuffer)
          this.keep(body, answer === DataAnswer.StopAndWatermark);
        // An empty last chunk must still arrive as one when the filter goes on.
        else if (this.ended && !this.trailersMap && !this.buffered) this.buffered = new Body();
        if (trailersFrom >= 0) this.#trailersFrom(trailersFrom);
        return;
      }
      if (stand.iteration === Iteration.StoppedOnce) {
        this.keep(body, false);
        this.continueAt(i);
        return;
      }
    }
    const bytes = body.bytes();
    body.drain(body.length);
    if (body === this.buffered) this.buffered = null;
    this.sink.data(bytes, end && !this.trailersMap);
    if (trailersFrom >= 0) this.#trailersFrom(trailersFrom);
  }

  #trailersFrom(start: number): void {
    for (let i = start; i < this.#stands.length; i++) {
      const stand = this.#stands[i]!;
      if (stand.iteration >= Iteration.StoppedAllBuffer) return;
      stand.ended = true;
      const answer = this.#call(() => stand.hop.trailers(this.trailersMap!));
      if (this.aborted) return;
      if (answer === TrailersAnswer.Stop) {
        if (stand.iteration === Iteration.Going) stand.iteration = Iteration.StoppedOnce;
        return;
      }
      if (stand.iteration === Iteration.StoppedOnce) {
        this.continueAt(i);
        return;
      }
    }
    // A filter that held the headers may have added them: they come again when it goes on.
    if (this.#passed) this.sink.trailers(this.trailersMap!);
  }

  keep(body: Body, streaming = false): void {
    this.buffered ??= new Body();
    if (this.buffered !== body) this.buffered.move(body);
    // With a watermark Envoy stops reading instead; nothing is lost and nothing shows from outside.
    if (!streaming && this.buffered.length > this.limit) this.sink.tooLarge();
  }

  #call<Answer>(run: () => Answer): Answer {
    const before = this.calling;
    this.calling = true;
    try {
      return run();
    } finally {
      this.calling = before;
      if (!before) this.sink.settled();
    }
  }
}
