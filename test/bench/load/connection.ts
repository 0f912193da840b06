/** One kept connection with at most one request on its way: the least that a loader in this language can spend on one. */
import { connect, type Socket } from "node:net";

/** What came back: the head of the answer as it stood on the wire; null when the connection broke instead. */
export type Answered = (connection: Connection, head: string | null) => void;

const endOfHead = Buffer.from("\r\n\r\n");

export class Connection {
  /** When the last request was sent, in milliseconds. */
  sentAt = 0;
  private socket: Socket | undefined;
  private isWaiting = false;
  private received: Buffer = Buffer.alloc(0);
  /** Read into again and again: a buffer for each read would be collected in pauses that are measured, too. */
  private readonly buffer = Buffer.alloc(16 << 10);

  constructor(
    private readonly port: number,
    private readonly answered: Answered,
  ) {}

  send(request: Buffer): void {
    this.socket ??= this.open();
    this.isWaiting = true;
    this.sentAt = performance.now();
    this.socket.write(request);
  }

  close(): void {
    const { socket } = this;
    this.socket = undefined;
    socket?.destroy();
  }

  private open(): Socket {
    const onread = { buffer: this.buffer, callback: this.read };
    const socket = connect({ host: "127.0.0.1", port: this.port, noDelay: true, onread });
    socket.on("error", () => {});
    socket.on("close", () => {
      if (this.socket !== socket) return;
      this.socket = undefined;
      this.end(null);
    });
    return socket;
  }

  private readonly read = (bytes: number): boolean => {
    this.take(this.buffer.subarray(0, bytes));
    return true;
  };

  private take(chunk: Buffer): void {
    this.received = Buffer.concat([this.received, chunk]);
    const end = this.received.indexOf(endOfHead);
    if (end < 0) return;
    const head = this.received.toString("latin1", 0, end + 2);
    const length = /\r\ncontent-length: (\d+)\r\n/i.exec(head)?.[1];
    if (length === undefined) throw new Error(`an answer without a content-length: ${head}`);
    if (this.received.length < end + endOfHead.length + Number(length)) return;
    if (/\r\nconnection: close\r\n/i.test(head)) this.close();
    this.end(head);
  }

  private end(head: string | null): void {
    this.received = Buffer.alloc(0);
    if (!this.isWaiting) return;
    this.isWaiting = false;
    this.answered(this, head);
  }
}
