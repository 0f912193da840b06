/** A request as it comes out of Envoy's codec and connection manager: what its filters see. */
import { bytesOf, headerBytes } from "../bytes.ts";
import type { Request } from "../setup.ts";
import { normalizePath } from "../codec/normalize-path.ts";
import { HeaderMap, type Pair } from "./headers.ts";
import { bodyChunks, pairsOf } from "./upstream.ts";

const hopByHop = new Set([
  "connection",
  "host",
  "keep-alive",
  "proxy-connection",
  "transfer-encoding",
  "upgrade",
]);

/** What an edge takes from no client: Envoy's own controls. */
const isReserved = (name: string): boolean =>
  name.startsWith("x-envoy-") || name === "x-forwarded-client-cert";

/** Clients say the length of what these send, even if it is none. */
const withBody = new Set(["POST", "PUT", "PATCH"]);

export interface ReadyRequest {
  headers: HeaderMap;
  chunks: Uint8Array[];
  /** Nothing follows the headers. */
  bare: boolean;
}

export function readyRequest(request: Request, requestId: () => string): ReadyRequest {
  const given = pairsOf(request.headers);
  const value = (name: string): string | null => {
    for (const [key, one] of given) if (key.toLowerCase() === name) return one;
    return null;
  };
  const { body, scheme = "http" } = request;
  const path = normalizePath(headerBytes(request.path));
  const pairs: Pair[] = [
    [":authority", value(":authority") ?? value("host") ?? "localhost"],
    [":path", path],
    [":method", request.method ?? "GET"],
    [":scheme", scheme],
  ];
  const headers = new HeaderMap("request", pairs);
  for (const [name, one] of given) {
    const key = name.toLowerCase();
    if (key.charCodeAt(0) !== 58 && !hopByHop.has(key) && !isReserved(key)) headers.add(key, one);
  }
  const chunks = bodyChunks(body);
  const length = headers.get("content-length");
  if (body === undefined && length === null && withBody.has(request.method ?? "GET"))
    headers.add("content-length", "0");
  const chunked = Array.isArray(body) || request.trailers || value("transfer-encoding") !== null;
  if (body !== undefined && length === null && !chunked)
    headers.add("content-length", String(bytesOf(body as string | Uint8Array).length));
  // As at an edge that trusts no proxy before it.
  const { clientAddress = "127.0.0.1" } = request;
  headers.add("x-forwarded-for", clientAddress);
  headers.put("x-forwarded-proto", scheme);
  headers.put("x-envoy-external-address", clientAddress);
  headers.put("x-request-id", requestId());
  const bare = !request.trailers && (body === undefined || headers.get("content-length") === "0");
  return { headers, chunks, bare };
}
