/** Requests over kept connections, each checked; when they are sent is the caller's business. */
import { Connection } from "./connection.ts";

export interface LoaderOptions {
  port: number;
  path: string;
  headers?: Readonly<Record<string, string>>;
  /** Null when an answer is good, else what is wrong with it; not unless given: whatever is no 200 is wrong. */
  accept?(head: string): string | null;
}

/** More would break the bounds of what is asked, where a busy machine stops it for a while. */
const maxConnections = 64;

export class Loader {
  sent = 0;
  /** On their way. */
  open = 0;
  /** Answers that were not good, with their number. */
  readonly failures = new Map<string, number>();
  /** Of those that were answered, since the last `forget`. */
  latenciesMs: number[] = [];
  private readonly all: Connection[] = [];
  private readonly idle: Connection[] = [];
  private readonly text: Buffer;
  private readonly accept: (head: string) => string | null;

  constructor(private readonly options: LoaderOptions) {
    this.text = requestText(options);
    this.accept = options.accept ?? isOk;
  }

  /** False when all connections are taken. */
  send(): boolean {
    let connection = this.idle.pop();
    if (!connection) {
      if (this.all.length === maxConnections) return false;
      connection = new Connection(this.options.port, (one, head) => this.take(one, head));
      this.all.push(connection);
    }
    this.open++;
    this.sent++;
    connection.send(this.text);
    return true;
  }

  /** What came until now. */
  forget(): void {
    this.latenciesMs = [];
  }

  close(): void {
    for (const connection of this.all) connection.close();
  }

  private take(connection: Connection, head: string | null): void {
    this.open--;
    this.latenciesMs.push(performance.now() - connection.sentAt);
    const problem = head === null ? "the connection broke" : this.accept(head);
    if (problem !== null) this.failures.set(problem, (this.failures.get(problem) ?? 0) + 1);
    this.idle.push(connection);
  }
}

export const isOk = (head: string): string | null =>
  head.startsWith("HTTP/1.1 200 ") ? null : (head.split("\r\n", 1)[0] ?? "no status");

const requestText = ({ path, headers = {} }: LoaderOptions): Buffer =>
  Buffer.from(
    [
      `GET ${path} HTTP/1.1`,
      "host: bench.example",
      ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
      "\r\n",
    ].join("\r\n"),
  );
