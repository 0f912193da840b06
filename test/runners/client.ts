/** A client that sends exactly the headers it is given and keeps those it gets in order. */
import { request as httpRequest } from "node:http";
import { pairs } from "../../controller/lab/http.ts";
import { pairsOf } from "../../host-sim/http/upstream.ts";

type Headers = [string, string][];

export interface SentRequest {
  method?: string;
  path: string;
  headers?: Headers | Record<string, string>;
  body?: string | Uint8Array | (string | Uint8Array)[];
  trailers?: Headers | Record<string, string>;
}

export interface ReceivedAnswer {
  status: number;
  headers: Headers;
  body: Uint8Array;
  trailers: Headers;
}

export function send(port: number, request: SentRequest): Promise<ReceivedAnswer> {
  const headers = pairsOf(request.headers);
  const has = (name: string) => headers.some(([key]) => key.toLowerCase() === name);
  if (!has("host")) headers.unshift(["host", "localhost"]);
  const { body } = request;
  const chunked = Array.isArray(body) || request.trailers !== undefined;
  if (body === undefined && !chunked && /^(POST|PUT|PATCH)$/.test(request.method ?? "GET"))
    headers.push(["content-length", "0"]);
  if (body !== undefined && !has("content-length") && !has("transfer-encoding"))
    headers.push(
      chunked
        ? ["transfer-encoding", "chunked"]
        : ["content-length", String(Buffer.byteLength(body as string))],
    );
  return new Promise((resolve, reject) => {
    const call = httpRequest({
      host: "127.0.0.1",
      port,
      method: request.method ?? "GET",
      path: request.path,
      headers: headers.flat(),
      setHost: false,
      agent: false,
    });
    call.on("error", reject);
    call.on("response", (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () =>
        resolve({
          status: response.statusCode!,
          headers: pairs(response.rawHeaders),
          body: new Uint8Array(Buffer.concat(chunks)),
          trailers: pairs(response.rawTrailers),
        }),
      );
    });
    if (request.trailers) call.addTrailers(pairsOf(request.trailers));
    if (Array.isArray(body)) for (const chunk of body) call.write(chunk);
    call.end(Array.isArray(body) ? undefined : body);
  });
}
