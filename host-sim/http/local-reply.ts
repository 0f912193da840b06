/** The answer that the gateway itself gives, in the form that Envoy gives it. */
import { HeaderMap } from "./headers.ts";
import type { LocalReply } from "./filter.ts";

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
