/**
 * Keeps one Envoy running: started again with a growing pause when it ends by itself, drained when it is to end.
 */
import { startEnvoy, type Envoy, type EnvoyOptions } from "./envoy.ts";
import { reason } from "../errors.ts";

export interface Supervised {
  /** The process that runs now; null in the pause before the next start. */
  current(): Envoy | null;
  restarts(): number;
  /**
   * Starts another one that takes over without refusing a connection, from the file that `path` names now: how an Envoy is
   * upgraded. When it does not start, the one that runs stays.
   */
  renew(path?: string): Promise<void>;
  /** Lets running requests end for at most `drainMs`, then ends the process. */
  stop(drainMs?: number): Promise<void>;
}

const firstPauseMs = 100;
const longestPauseMs = 10_000;
/** After running this long, the next pause is the first again. */
const healthyMs = 30_000;

/** Settles when the first start succeeded; throws if it does not. */
export async function superviseEnvoy(options: EnvoyOptions): Promise<Supervised> {
  let path = options.path;
  let current: Envoy | null = await startEnvoy(options);
  let stopping = false;
  let restarts = 0;
  let wake = () => {};
  /** Those that end because another took over. */
  const leaving = new Set<Envoy>();

  const pause = (ms: number) =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });

  const run = async () => {
    let pauseMs = firstPauseMs;
    while (!stopping) {
      const startedAt = performance.now();
      const watched = current;
      const code = await watched?.exited;
      if (watched !== current) continue;
      current = null;
      if (stopping) return;
      if (performance.now() - startedAt > healthyMs) pauseMs = firstPauseMs;
      const what = watched ? `Envoy ended with ${code}` : "Envoy does not start";
      options.log?.(`${what}; starting again in ${pauseMs} ms`);
      await pause(pauseMs);
      pauseMs = Math.min(2 * pauseMs, longestPauseMs);
      if (stopping) return;
      restarts++;
      current = await startEnvoy({ ...options, path }).catch((error: unknown) => {
        options.log?.(reason(error));
        return null;
      });
    }
  };
  const running = run();

  return {
    current: () => current,
    restarts: () => restarts,
    renew: async (by = path) => {
      const before = current;
      if (!before || stopping) throw new Error("there is no Envoy to take over from");
      if (leaving.size > 0) throw new Error("the Envoy before is still letting its requests end");
      const next = await startEnvoy({ ...options, path: by, successorOf: before });
      if (current !== before || stopping) {
        await next.stop();
        throw new Error("the Envoy to take over from has ended");
      }
      [current, path] = [next, by];
      leaving.add(before);
      void before.exited.then(() => leaving.delete(before));
    },
    stop: async (drainMs = 0) => {
      stopping = true;
      wake();
      if (current) {
        if (drainMs > 0) await drain(current, drainMs);
        await current.stop();
      }
      await Promise.all([...leaving].map((before) => before.stop()));
      await running;
    },
  };
}

/**
 * Health checks fail and every answer ends its connection, so that whoever shares the requests out looks elsewhere. For half of
 * the time new connections are still taken, for that one to notice; then none are, and the requests that run have the rest.
 */
async function drain(envoy: Envoy, drainMs: number): Promise<void> {
  const began = performance.now();
  const rest = async (endMs: number) => {
    while (performance.now() - began < endMs && (await activeRequests(envoy)) > 0)
      await new Promise((resolve) => setTimeout(resolve, 20));
  };
  try {
    await envoy.admin("/healthcheck/fail", "POST");
    await rest(drainMs / 2);
    await envoy.admin("/drain_listeners", "POST");
    await rest(drainMs);
  } catch {
    // The process ended by itself: nothing is left to drain.
  }
}

async function activeRequests(envoy: Envoy): Promise<number> {
  const stats = await envoy.admin("/stats?filter=^http\\.https?\\.downstream_rq_active$");
  return [...stats.matchAll(/: (\d+)/g)].reduce((sum, [, count]) => sum + Number(count), 0);
}
