/** gRPC calls on the xDS port as bytes, for what no gRPC client would send. */
import type { ClientHttp2Session } from "node:http2";
import { deltaPath } from "../../../controller/xds/wire.ts";

/** A message as gRPC frames it; a `size` of its own, or the flag that says it is compressed, may be a lie. */
export function frame(
  message: Uint8Array,
  lie: { size?: number; compressed?: boolean } = {},
): Buffer {
  const bytes = Buffer.alloc(5 + message.length);
  bytes.writeUInt8(lie.compressed ? 1 : 0, 0);
  bytes.writeUInt32BE(lie.size ?? message.length, 1);
  bytes.set(message, 5);
  return bytes;
}

export interface Call {
  path?: string;
  headers?: Record<string, string>;
  /** Written one by one; the call is ended behind them unless it is to hang. */
  chunks: readonly Uint8Array[];
  hangs?: boolean;
}

export interface Called {
  /** `grpc-status`; null when the call ended without one. */
  status: number | null;
  body: Buffer;
}

/** Settles when the other side has nothing more to say, or ends the call. */
export function call(
  session: ClientHttp2Session,
  { path, headers, chunks, hangs }: Call,
): Promise<Called> {
  const stream = session.request({
    ...{ ":method": "POST", ":path": path ?? deltaPath, te: "trailers" },
    ...{ "content-type": "application/grpc", ...headers },
  });
  const received: Buffer[] = [];
  let status: number | null = null;
  const read = (said: Record<string, unknown>) => {
    if (said["grpc-status"] === undefined) return;
    status = Number(said["grpc-status"]);
    stream.end();
  };
  return new Promise((resolve) => {
    stream.on("response", read);
    stream.on("trailers", read);
    stream.on("data", (chunk: Buffer) => received.push(chunk));
    stream.on("error", () => {});
    stream.on("close", () => resolve({ status, body: Buffer.concat(received) }));
    const write = async () => {
      for (const chunk of chunks)
        if (!stream.writableEnded && !stream.destroyed)
          await new Promise<unknown>((written) => stream.write(chunk, written));
      if (!hangs) stream.end();
    };
    void write();
  });
}

/** The messages in what came, and what is left of the last. */
export function messagesIn(bytes: Buffer): { messages: Buffer[]; rest: Buffer } {
  const messages: Buffer[] = [];
  let at = 0;
  while (bytes.length >= at + 5 && bytes.length >= at + 5 + bytes.readUInt32BE(at + 1)) {
    const end = at + 5 + bytes.readUInt32BE(at + 1);
    messages.push(bytes.subarray(at + 5, end));
    at = end;
  }
  return { messages, rest: bytes.subarray(at) };
}
