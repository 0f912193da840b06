/** What stands in an HTTP filter chain, in Envoy's words. */
import type { Body } from "./body.ts";
import type { HeaderMap } from "./headers.ts";

export enum HeadersAnswer {
  Continue,
  StopIteration,
  StopAllAndBuffer,
  StopAllAndWatermark,
}

export enum DataAnswer {
  Continue,
  StopAndBuffer,
  StopAndWatermark,
  StopNoBuffer,
}

export enum TrailersAnswer {
  Continue,
  Stop,
}

export interface LocalReply {
  status: number;
  body: string;
  headers: [string, string][];
  grpcStatus: number | null;
  /** Why: Envoy's `response_code_details`. */
  details: string;
  /** The filter that answered; empty for the host itself. */
  by: string;
}

/** One filter of one request. Methods are named from Envoy's point of view: decode is the request's way. */
export interface Filter {
  readonly name: string;
  decodeHeaders(headers: HeaderMap, end: boolean): HeadersAnswer;
  decodeData(body: Body, end: boolean): DataAnswer;
  decodeTrailers(trailers: HeaderMap): TrailersAnswer;
  encodeHeaders(headers: HeaderMap, end: boolean): HeadersAnswer;
  encodeData(body: Body, end: boolean): DataAnswer;
  encodeTrailers(trailers: HeaderMap): TrailersAnswer;
  /** The request is over, for whatever reason: first every filter's log, then every filter's end. */
  /** A frame of metadata of HTTP/2 with so many entries; it always passes. */
  decodeMetadata?(entries: number): void;
  encodeMetadata?(entries: number): void;
  log(): void;
  destroy(): void;
  /** What this filter waits for, if it holds the request; shown when nothing can resume it. */
  waiting(): string | null;
}
