/**
 * Requests at random moments, as of many clients that know nothing of each other: the gaps between them have an exponential
 * distribution, to the microsecond. wrk's pauses have whole milliseconds, so that what it sends comes in bursts, and each
 * request waits for those before it: its times are then those of the queue.
 *
 * It spins, and so takes a core of its own. What is due is sent, whether earlier requests were answered or not.
 */
import { Connection } from "./connection.ts";

export interface PacedOptions {
  port: number;
  path: string;
  perSecond: number;
  seconds: number;
  headers?: Readonly<Record<string, string>>;
}

export interface PacedReport {
  perSecond: number;
  /** Of each request, from its last byte sent to the last byte of its answer. */
  latenciesMs: Float64Array;
}

const warmUpMs = 200;

/** Where the machine stops for others, more would only break the upstream's bounds. */
const maxConnections = 64;

export async function pacedLoad(options: PacedOptions): Promise<PacedReport> {
  const text = requestText(options);
  const idle: Connection[] = [];
  const all: Connection[] = [];
  const latencies: number[] = [];
  const began = performance.now();
  const end = began + warmUpMs + options.seconds * 1_000;
  let open = 0;
  let broken: Error | undefined;
  const answered = (connection: Connection, head: string | null): void => {
    open--;
    if (!head?.startsWith("HTTP/1.1 200 ")) broken ??= new Error(`not answered well: ${head}`);
    if (connection.sentAt > began + warmUpMs) latencies.push(performance.now() - connection.sentAt);
    idle.push(connection);
  };
  const send = (): boolean => {
    let connection = idle.pop();
    if (!connection) {
      if (open === maxConnections) return false;
      all.push((connection = new Connection(options.port, answered)));
    }
    open++;
    connection.send(text);
    return true;
  };
  const meanGapMs = 1_000 / options.perSecond;
  let next = began;
  await new Promise<void>((resolve) => {
    const turn = (): void => {
      const now = performance.now();
      while (next <= now && next < end && send()) {
        next -= Math.log(1 - Math.random()) * meanGapMs;
      }
      if (broken || (next >= end && open === 0)) resolve();
      else setImmediate(turn);
    };
    turn();
  });
  for (const connection of all) connection.close();
  if (broken) throw broken;
  return {
    perSecond: latencies.length / options.seconds,
    latenciesMs: Float64Array.from(latencies).sort(),
  };
}

export const requestText = ({ path, headers = {} }: Pick<PacedOptions, "path" | "headers">) =>
  Buffer.from(
    [
      `GET ${path} HTTP/1.1`,
      "host: bench.example",
      ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
      "\r\n",
    ].join("\r\n"),
  );

/** Of sorted values. */
export const quantile = (sorted: Float64Array, part: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? NaN;
