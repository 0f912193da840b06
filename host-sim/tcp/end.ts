/** One end of a connection as a test holds it: the client, or the upstream. */
import { bytesOf, textOf } from "../bytes.ts";
import type { Body } from "../http/body.ts";

interface Wires {
  /** Bytes came, or the end did. */
  changed(bytes: Uint8Array): void;
  reset(): void;
}

export class TcpEnd {
  readonly #chunks: Uint8Array[] = [];
  /** This side has sent all that it will. */
  finished = false;
  /** The gateway has said that nothing more comes. */
  ended = false;
  closed = false;

  constructor(private readonly wires: Wires) {}

  send(data: string | Uint8Array): void {
    if (!this.finished && !this.closed) this.wires.changed(bytesOf(data));
  }

  /** Half-closes: the other side may still send. */
  end(): void {
    if (this.finished || this.closed) return;
    this.finished = true;
    this.wires.changed(new Uint8Array(0));
  }

  /** Breaks the connection. */
  reset(): void {
    this.wires.reset();
  }

  /** For the gateway: what arrives here. */
  take(body: Body, end: boolean): void {
    if (body.length > 0) this.#chunks.push(body.bytes());
    body.drain(body.length);
    if (end) this.ended = true;
  }

  /** All that has arrived here. */
  get received(): Uint8Array {
    return Buffer.concat(this.#chunks);
  }

  get text(): string {
    return textOf(this.received);
  }
}
