/** What HTTP/1 on the wire adds to a message, refuses, and makes of a wrong length; the gateway's own answers. */
import type { ErrorForm } from "../setup.ts";
import type { LocalReply } from "../http/filter.ts";
import { HeaderMap } from "../http/headers.ts";
import type { ReadyRoute } from "../http/routes.ts";
import type { Upstream, UpstreamRequest } from "../http/upstream.ts";

const hopByHop = ["connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade"];

/** An answer as it leaves: the connection's own headers are the codec's to set, and no filter sees those. */
export function frameAnswer(headers: HeaderMap, end: boolean, head: boolean): HeaderMap {
  for (const name of hopByHop) headers.remove(name);
  const sent = trimmed(headers);
  const status = headers.get(":status");
  const bare = head || (end && (status === "204" || status === "304"));
  if (bare || headers.get("content-length") !== null) return sent;
  const framed = sent === headers ? new HeaderMap(headers.kind, [...headers.pairs]) : sent;
  if (end) framed.put("content-length", "0");
  else framed.put("transfer-encoding", "chunked");
  return framed;
}

const trim = (value: string): string => value.replace(/^[ \t]+|[ \t]+$/g, "");
const padded = /^[ \t]|[ \t]$/;

/** Headers as the other end reads them: without blanks around values. */
export const trimmed = (headers: HeaderMap): HeaderMap =>
  headers.pairs.some((pair) => padded.test(pair[1]))
    ? new HeaderMap(
        headers.kind,
        headers.pairs.map(([name, value]) => [name, trim(value)]),
      )
    : headers;

/** How many bytes a message says it has; null if it does not say. */
export function statedLength(headers: HeaderMap): number | null {
  const length = headers.get("content-length");
  return length === null ? null : Number(length);
}

/** Why Envoy's codec will not send this request, in its words; null if it will. */
export function unsendable(headers: HeaderMap): string | null {
  if (headers.get(":method") === null) return "missing required header: :method";
  for (const [name, value] of headers.pairs) {
    if (name.charCodeAt(0) === 58) continue;
    if (!/^[!#$%&'*+.^_`|~\w-]+$/.test(name)) return `invalid header name: ${name}`;
    if (/[\0\r\n]/.test(value)) return `invalid header value for: ${name}`;
  }
  return null;
}

function upstreamView(
  headers: HeaderMap,
  body: Uint8Array,
  trailers: [string, string][],
  route: ReadyRoute,
  /** Nothing but headers came. */
  bare: boolean,
): UpstreamRequest {
  const seen: [string, string][] = [];
  let method = "";
  let path = "";
  for (const [name, value] of headers.pairs) {
    if (name === ":method") method = value;
    else if (name === ":path") path = value;
    else if (name === ":authority") seen.push(["host", value]);
    else if (name.charCodeAt(0) !== 58 && name !== "transfer-encoding")
      seen.push([name, trim(value)]);
  }
  if (route.prefixRewrite !== undefined && route.match?.prefix !== undefined)
    path = route.prefixRewrite + path.slice(route.match.prefix.length);
  // Without a length of its own a body goes out in chunks; of some methods its absence is said.
  if (headers.get("content-length") === null) {
    if (!bare) seen.push(["transfer-encoding", "chunked"]);
    else if (!/^(GET|HEAD|DELETE|CONNECT|TRACE)$/.test(method)) seen.push(["content-length", "0"]);
  }
  return { method, path, headers: seen, body, trailers, cluster: route.cluster ?? "" };
}

/** The gateway's own errors as its listeners word them, by Envoy's reason; null for those that stay as they are. */
export function errorFor(details: string, form: ErrorForm): string | null {
  if (form === "envoy" || (form === "text" && details !== "route_not_found")) return null;
  const error = errors[details.split("{", 1)[0]!];
  return error === undefined ? null : JSON.stringify({ error });
}

const errors: Record<string, string> = {
  route_not_found: "Not Found",
  request_payload_too_large: "Payload Too Large",
  response_payload_too_large: "Internal Server Error",
  request_overall_timeout: "Request Timeout",
  response_timeout: "Gateway Timeout",
  upstream_reset_before_response_started: "Service Unavailable",
};

/** Bits of the property `response.flags`. */
export enum ResponseFlag {
  UpstreamTimeout = 1 << 2,
  UpstreamRefused = 1 << 5,
  UpstreamCut = 1 << 6,
  NoRoute = 1 << 8,
  ClientGone = 1 << 14,
  UpstreamProtocolError = 1 << 23,
}

/** An answer of the gateway or of a filter, in the form that Envoy gives it. */
export interface ReadyReply {
  headers: HeaderMap;
  body: string;
}

export function readyReply(reply: LocalReply, grpcRequest: boolean): ReadyReply {
  const headers = new HeaderMap("response", [[":status", String(reply.status)]]);
  for (const [name, value] of reply.headers) headers.add(name, value);
  headers.put(":status", String(reply.status));
  if (grpcRequest) {
    headers.put(":status", "200");
    headers.put("content-type", "application/grpc");
    headers.put("grpc-status", String(reply.grpcStatus ?? grpcStatusOf(reply.status)));
    if (reply.body !== "") headers.put("grpc-message", percent(reply.body));
    headers.remove("content-length");
    return { headers, body: "" };
  }
  if (reply.body === "") {
    headers.remove("content-length");
    headers.remove("content-type");
  } else {
    headers.put("content-length", String(reply.body.length));
    if (headers.get("content-type") === null) headers.add("content-type", "text/plain");
  }
  return { headers, body: reply.body };
}

const byStatus: Record<number, number> = { 400: 13, 401: 16, 403: 7, 404: 12 };
const unavailable = new Set([429, 502, 503, 504]);

/** What a status of HTTP is to gRPC. */
export const grpcStatusOf = (status: number): number =>
  byStatus[status] ?? (unavailable.has(status) ? 14 : 2);

const percent = (text: string): string =>
  text.replace(
    /[^\x20-\x24\x26-\x7e]/g,
    (one) => `%${one.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`,
  );

export interface Outgoing {
  request: UpstreamRequest;
  upstream: Upstream;
  /** The whole request gets there. */
  arrives: boolean;
}

/** What comes of a request that leaves the filters: a body that belies its length goes wrong at the upstream. */
export function outgoing(
  headers: HeaderMap,
  body: Uint8Array,
  trailers: [string, string][],
  route: ReadyRoute,
  upstream: Upstream,
  bare: boolean,
): Outgoing {
  const request = upstreamView(headers, body, trailers, route, bare);
  const stated = statedLength(headers) ?? body.length;
  if (stated > body.length) return { request, upstream: "hang", arrives: false };
  // The upstream takes what was promised, and what follows for a second, broken request. Without a Host it takes none,
  // nor with a blank in the path, which ends it.
  if (stated < body.length) request.body = body.subarray(0, stated);
  const senseless = headers.get(":authority") === null || /\s/.test(request.path);
  const broken = senseless || stated < body.length;
  const arrives = !senseless && upstream !== "refuse";
  return { request, upstream: broken ? badRequest : upstream, arrives };
}

const badRequest: Upstream = { status: 400, headers: { "transfer-encoding": "chunked" } };
