/**
 * Whether Envoy can listen where it is told to, asked before it starts. Envoy would say so in its log alone; and where two
 * Envoys of one user listen on the same port, the kernel shares the connections out and nobody says anything.
 */
import { createServer } from "node:net";
import { reason, UserError } from "../errors.ts";
import { until } from "../until.ts";

export interface Place {
  /** For people. */
  what: string;
  host: string;
  /** 0 is any, null none. */
  port: number | null;
  /** What else can be done. */
  instead?: string;
  /** Whether the Envoy of a gateway that was killed just now may still have it, and is waited for. */
  leaving?: boolean;
}

const patienceMs = 5_000;

/** Throws what is wrong with the first place that cannot be had. */
export async function expectFree(places: readonly Place[]): Promise<void> {
  for (const { what, host, port, instead, leaving = true } of places) {
    if (!port) continue;
    await until(
      async () => {
        const problem = await tried(host, port);
        if (!problem) return;
        throw new UserError(`port ${port} for ${what} ${problem}${instead ? `; ${instead}` : ""}`);
      },
      leaving ? patienceMs : 0,
    );
  }
}

const tried = (host: string, port: number): Promise<string | null> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once("error", (error: NodeJS.ErrnoException) =>
      resolve(
        error.code === "EADDRINUSE"
          ? "is in use by another process"
          : `cannot be listened on: ${reason(error)}`,
      ),
    );
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(null)));
  });
