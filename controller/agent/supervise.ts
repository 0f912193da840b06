/**
 * Keeps one Envoy running: started again with a growing pause when it ends by itself, drained when it is to end.
 */
import { startEnvoy, type Envoy, type EnvoyOptions } from "./envoy.ts";
import { reason } from "../errors.ts";

export interface Supervised {
  /** The process that runs now; null in the pause before the next start. */
  current(): Envoy | null;
  restarts(): number;
  /** Lets running requests end for at most `drainMs`, then ends the process. */
  stop(drainMs?: number): Promise<void>;
}

const firstPauseMs = 100;
const longestPauseMs = 10_000;
/** After running this long, the next pause is the first again. */
const healthyMs = 30_000;

/** Settles when the first start succeeded; throws if it does not. */
export async function superviseEnvoy(options: EnvoyOptions): Promise<Supervised> {
  let current: Envoy | null = await startEnvoy(options);
  let stopping = false;
  let restarts = 0;
  let wake = () => {};

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
      const code = await current?.exited;
      current = null;
      if (stopping) return;
      if (performance.now() - startedAt > healthyMs) pauseMs = firstPauseMs;
      options.log?.(`Envoy ended with ${code}; starting again in ${pauseMs} ms`);
      await pause(pauseMs);
      pauseMs = Math.min(2 * pauseMs, longestPauseMs);
      if (stopping) return;
      restarts++;
      current = await startEnvoy(options).catch((error: unknown) => {
        options.log?.(reason(error));
        return null;
      });
    }
  };
  const running = run();

  return {
    current: () => current,
    restarts: () => restarts,
    stop: async (drainMs = 0) => {
      stopping = true;
      wake();
      if (current) {
        if (drainMs > 0) await drain(current, drainMs);
        await current.stop();
      }
      await running;
    },
  };
}

/** New connections are discouraged and answers ask for the connection's end, until no request is active. */
async function drain(envoy: Envoy, drainMs: number): Promise<void> {
  const deadline = performance.now() + drainMs;
  try {
    await envoy.admin("/healthcheck/fail", "POST");
    await envoy.admin("/drain_listeners?graceful&skip_exit", "POST");
    while (performance.now() < deadline && (await activeRequests(envoy)) > 0)
      await new Promise((resolve) => setTimeout(resolve, 20));
  } catch {
    // The process ended by itself: nothing is left to drain.
  }
}

async function activeRequests(envoy: Envoy): Promise<number> {
  const stats = await envoy.admin("/stats?filter=^http\\.https?\\.downstream_rq_active$");
  return [...stats.matchAll(/: (\d+)/g)].reduce((sum, [, count]) => sum + Number(count), 0);
}
