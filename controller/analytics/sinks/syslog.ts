/**
 * Messages of RFC 5424 to a syslog server: a datagram each over UDP, or counted octets over one connection, of TCP (RFC 6587)
 * or of TLS (RFC 5425).
 */
import { createSocket, type Socket as Datagrams } from "node:dgram";
import { isIPv6, type Socket } from "node:net";
import { hostname } from "node:os";
import type { Sink } from "./sink.ts";
import { connectSyslog, type SyslogServer } from "./syslog-connection.ts";

export interface SyslogSinkOptions extends SyslogServer {
  protocol: "udp" | "tcp" | "tls";
  /** 0 to 23; 16 is `local0`. */
  facility: number;
  /** Who says it. */
  appName: string;
}

const informational = 6;

export class SyslogSink implements Sink {
  readonly name = "syslog";
  private connection: Promise<Socket> | null = null;
  private datagrams: Datagrams | null = null;
  private readonly prefix: string;
  private readonly suffix: string;

  constructor(private readonly options: SyslogSinkOptions) {
    this.prefix = `<${options.facility * 8 + informational}>1 `;
    this.suffix = ` ${printable(hostname())} ${printable(options.appName)} ${process.pid} - - `;
  }

  async send(events: readonly string[]): Promise<void> {
    const messages = events.map((event) => this.message(event));
    if (this.options.protocol !== "udp") return this.stream(messages);
    for (const message of messages) await this.datagram(message);
  }

  async close(): Promise<void> {
    this.datagrams?.close();
    this.datagrams = null;
    const open = this.connection;
    this.connection = null;
    await open?.then(
      (socket) => socket.destroy(),
      () => {},
    );
  }

  private message(event: string): Buffer {
    return Buffer.from(`${this.prefix}${new Date().toISOString()}${this.suffix}${event}`);
  }

  private datagram(message: Buffer): Promise<void> {
    const { host, port } = this.options;
    this.datagrams ??= createSocket(isIPv6(host) ? "udp6" : "udp4").on("error", () => {});
    const socket = this.datagrams;
    return new Promise((resolve, reject) =>
      socket.send(message, port, host, (error) => (error ? reject(error) : resolve())),
    );
  }

  /** Settles when the kernel took them all: a server that does not read makes it fail after the timeout. */
  private async stream(messages: readonly Buffer[]): Promise<void> {
    const socket = await (this.connection ??= this.connect());
    const framed = messages.flatMap((one) => [Buffer.from(`${one.length} `), one]);
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(
        () => socket.destroy(new Error("it does not read")),
        this.options.timeoutMs,
      );
      const ended = () => settle(new Error("it closed the connection"));
      const settle = (error?: Error | null) => {
        clearTimeout(timer);
        socket.off("close", ended);
        if (error) reject(error);
        else resolve();
      };
      socket.once("close", ended);
      socket.write(Buffer.concat(framed), settle);
    });
  }

  private async connect(): Promise<Socket> {
    const forget = () => (this.connection = null);
    try {
      return await connectSyslog(this.options, this.options.protocol === "tls", forget);
    } catch (error) {
      forget();
      throw error;
    }
  }
}

/** What a field of the header may hold. */
const printable = (text: string): string => text.replace(/[^!-~]/g, "_").slice(0, 48) || "-";
