/** A steady stream of requests over kept connections, and what became of each. */
import { Agent, request } from "node:http";

export interface LoadReport {
  sent: number;
  /** Answers that `accept` did not take, with their number. */
  failures: Map<string, number>;
  latenciesMs: number[];
}

export interface Load {
  stop(): Promise<LoadReport>;
}

export interface LoadOptions {
  port: number;
  path: string;
  perSecond: number;
  /** Null when the answer is good, else what is wrong with it. */
  accept(status: number, headers: NodeJS.Dict<string | string[]>): string | null;
}

const tickMs = 5;

export function startLoad(options: LoadOptions): Load {
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });
  const report: LoadReport = { sent: 0, failures: new Map(), latenciesMs: [] };
  const open = new Set<Promise<void>>();
  const fail = (why: string) => report.failures.set(why, (report.failures.get(why) ?? 0) + 1);

  const one = () =>
    new Promise<void>((resolve) => {
      const began = performance.now();
      const call = request(
        { agent, host: "127.0.0.1", port: options.port, path: options.path },
        (response) => {
          response.resume();
          response.on("error", () => {});
          response.on("close", () => {
            const problem = response.complete
              ? options.accept(response.statusCode!, response.headers)
              : "cut short";
            if (problem !== null) fail(problem);
            report.latenciesMs.push(performance.now() - began);
            resolve();
          });
        },
      );
      call.on("error", (error) => {
        fail(error.message);
        resolve();
      });
      call.end();
    });

  const began = performance.now();
  const timer = setInterval(() => {
    const due = Math.floor(((performance.now() - began) / 1_000) * options.perSecond);
    while (report.sent < due && open.size < 256) {
      report.sent++;
      const sent = one().finally(() => open.delete(sent));
      open.add(sent);
    }
  }, tickMs);

  return {
    stop: async () => {
      clearInterval(timer);
      await Promise.all(open);
      agent.destroy();
      return report;
    },
  };
}

export function percentile(values: number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? NaN;
}
