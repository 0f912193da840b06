/** Many clients at once, each with a connection of its own that it keeps: spread over Envoy's workers. */
import { Agent, request } from "node:http";

export interface CrowdOptions {
  port: number;
  path: string;
  clients: number;
  requests: number;
  headers?: (n: number) => Record<string, string>;
}

/** How often each status was answered. */
export async function crowd(options: CrowdOptions): Promise<Map<number, number>> {
  const counts = new Map<number, number>();
  let left = options.requests;
  const client = async (): Promise<void> => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    while (left > 0) {
      const status = await ask(options, agent, left--);
      counts.set(status, (counts.get(status) ?? 0) + 1);
    }
    agent.destroy();
  };
  await Promise.all(Array.from({ length: options.clients }, client));
  return counts;
}

const ask = ({ port, path, headers }: CrowdOptions, agent: Agent, n: number): Promise<number> =>
  new Promise((resolve, reject) => {
    const sent = headers?.(n) ?? {};
    request({ host: "127.0.0.1", port, path, agent, headers: sent }, (answer) => {
      answer.resume().on("end", () => resolve(answer.statusCode!));
    })
      .on("error", reject)
      .end();
  });
