/** The gRPC service that bare modules call: its method says with what status it answers, and for which run it is called. */
import { createServer } from "node:http2";
import type { AddressInfo } from "node:net";
import type { UpstreamAnswer } from "../../host-sim/index.ts";

const methodOf = (path: string): string[] => (path.split("/").at(-1) ?? "").split("~");

export const idOfCall = (path: string): string => methodOf(path)[1] ?? "";

/** What both hosts can tell of a call. */
export const grpcView = (path: string, body: Uint8Array): string =>
  `remote: ${path} ${Buffer.from(body).toString("latin1")}`;

function framed(text: string): Buffer {
  const bytes = Buffer.from(`\0\0\0\0\0${text}`, "latin1");
  bytes.writeUInt32BE(bytes.length - 5, 1);
  return bytes;
}

/** An answer of one message; an error has none. */
export function grpcAnswer(path: string, message: Uint8Array): UpstreamAnswer {
  const [code = "0"] = methodOf(path);
  return {
    headers: { "content-type": "application/grpc" },
    body: code === "0" ? [framed(`got ${Buffer.from(message).toString("latin1")}`)] : [],
    trailers: { "grpc-status": code, ...(code !== "0" && { "grpc-message": `status ${code}` }) },
  };
}

export async function grpcService(
  called: (path: string, body: Uint8Array) => void,
): Promise<{ port: number; close(): Promise<void> }> {
  const server = createServer();
  const sessions = new Set<{ destroy(): void }>();
  server.on("session", (session) => void sessions.add(session));
  server.on("stream", (stream, headers) => {
    const chunks: Buffer[] = [];
    stream.on("error", () => {});
    stream.on("data", (chunk: Buffer) => chunks.push(chunk));
    stream.on("end", () => {
      const path = headers[":path"] as string;
      const body = Buffer.concat(chunks);
      called(path, body);
      const answer = grpcAnswer(path, body.subarray(5));
      stream.respond(
        { ":status": 200, ...(answer.headers as Record<string, string>) },
        { waitForTrailers: true },
      );
      stream.on("wantTrailers", () =>
        stream.sendTrailers(answer.trailers as Record<string, string>),
      );
      for (const piece of answer.body as Buffer[]) stream.write(piece);
      stream.end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        for (const session of sessions) session.destroy();
        server.close(() => resolve());
      }),
  };
}
