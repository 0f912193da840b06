/** A request as it comes out of Envoy's codec and connection manager: what its filters see. */
import { bytesOf, headerBytes } from "../bytes.ts";
import type { Request } from "../setup.ts";
import { HeaderMap, type Pair } from "./headers.ts";
import { pairsOf, type BodyInput } from "./upstream.ts";

const hopByHop = new Set(["connection", "keep-alive", "proxy-connection", "upgrade", "host"]);

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
  const pairs: Pair[] = [
    [":authority", value(":authority") ?? value("host") ?? "localhost"],
    [":path", headerBytes(request.path)],
    [":method", request.method ?? "GET"],
    [":scheme", scheme],
  ];
  const headers = new HeaderMap("request", pairs);
  for (const [name, one] of given) {
    const key = name.toLowerCase();
    if (key.charCodeAt(0) !== 58 && !hopByHop.has(key)) headers.add(key, one);
  }
  const chunks = bodyChunks(body);
  const length = headers.get("content-length");
  if (body !== undefined && length === null && headers.get("transfer-encoding") === null) {
    if (Array.isArray(body) || request.trailers) headers.add("transfer-encoding", "chunked");
    else headers.add("content-length", String(chunks[0]?.length ?? 0));
  }
  if (headers.get("x-forwarded-proto") === null) headers.add("x-forwarded-proto", scheme);
  if (headers.get("x-request-id") === null) headers.add("x-request-id", requestId());
  const bare = !request.trailers && (body === undefined || headers.get("content-length") === "0");
  return { headers, chunks, bare };
}

export function bodyChunks(body: BodyInput | undefined): Uint8Array[] {
  if (body === undefined) return [];
  return (Array.isArray(body) ? body : [body]).map(bytesOf).filter(({ length }) => length > 0);
}
