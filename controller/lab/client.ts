/** A client that sends what a case says, in its chunks and at its pace, and perhaps not to the end. */
import * as http from "node:http";
import * as https from "node:https";
import type { Socket } from "node:net";
import type { RunnerAnswer } from "../../host-sim/cases/runner.ts";
import { pairsOf } from "../../host-sim/http/upstream.ts";
import type { Request } from "../../host-sim/setup.ts";
import { pairs } from "./http.ts";

export type Received = Pick<RunnerAnswer, "status" | "headers" | "body" | "cut">;

/** Over connections of its own, unless an agent keeps some. */
export function send(port: number, request: Request, kept?: http.Agent): Promise<Received> {
  const { body, disconnect, chunkDelayMs, scheme, clientCertificate } = request;
  const protocol = scheme === "https" ? https : http;
  const headers = pairsOf(request.headers).map(([name, value]): [string, string] => [
    name === ":authority" ? "host" : name,
    value,
  ]);
  const has = (name: string) => headers.some(([key]) => key.toLowerCase() === name);
  if (!has("host")) headers.unshift(["host", "localhost"]);
  const chunks = body === undefined ? [] : Array.isArray(body) ? body : [body];
  if (body !== undefined && !has("content-length") && !has("transfer-encoding"))
    headers.push(
      Array.isArray(body) || request.trailers
        ? ["transfer-encoding", "chunked"]
        : ["content-length", String(Buffer.byteLength(body as string))],
    );
  if (body === undefined && !request.trailers && /^(POST|PUT|PATCH)$/.test(request.method ?? ""))
    headers.push(["content-length", "0"]);
  return new Promise((resolve) => {
    const received: Received = { status: 0, headers: [], body: new Uint8Array(), cut: null };
    const parts: Buffer[] = [];
    // A client that says it will close is told of it in the answer.
    const agent = kept ?? new protocol.Agent({ keepAlive: true });
    const finish = (cut: string | null) => {
      if (!kept) agent.destroy();
      resolve({ ...received, body: new Uint8Array(Buffer.concat(parts)), cut });
    };
    const call = protocol.request({
      ...{ host: "127.0.0.1", port, method: request.method ?? "GET", path: request.path },
      headers: headers.flat(),
      setHost: false,
      agent,
      ...(clientCertificate && {
        cert: clientCertificate.certificate,
        key: clientCertificate.key,
      }),
      // The listener's certificate is made for this run.
      rejectUnauthorized: false,
    });
    const hangUp = () => {
      (call.socket as Socket | null)?.destroy();
      finish("the client hung up");
    };
    call.on("error", (error) => finish(error.message));
    call.on("response", (response) => {
      received.status = response.statusCode!;
      received.headers = pairs(response.rawHeaders);
      if (disconnect === "on-response-headers") return hangUp();
      response.on("data", (chunk: Buffer) => {
        parts.push(chunk);
        if (disconnect === "on-response-body") hangUp();
      });
      response.on("error", (error) => finish(error.message));
      response.on("end", () => finish(null));
    });
    if (typeof disconnect === "object" && "afterMs" in disconnect)
      setTimeout(hangUp, disconnect.afterMs);
    void write();

    async function write(): Promise<void> {
      call.flushHeaders();
      if (disconnect === "after-headers") return void call.on("socket", () => setImmediate(hangUp));
      for (const [i, chunk] of chunks.entries()) {
        if (
          typeof disconnect === "object" &&
          "afterChunks" in disconnect &&
          i === disconnect.afterChunks
        )
          return hangUp();
        if (i > 0 && chunkDelayMs) await new Promise((next) => setTimeout(next, chunkDelayMs));
        if (chunk.length > 0) await new Promise<void>((next) => call.write(chunk, () => next()));
      }
      if (request.trailers) call.addTrailers(pairsOf(request.trailers));
      call.end(() => {
        if (disconnect === "after-request") setImmediate(hangUp);
      });
    }
  });
}
