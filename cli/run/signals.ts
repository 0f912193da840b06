/** What a running gateway listens for: SIGINT and SIGTERM end it, SIGUSR2 upgrades its Envoy without refusing a request. */
import { findEnvoy } from "../../controller/agent/find.ts";
import type { Supervised } from "../../controller/agent/supervise.ts";
import { reason } from "../../controller/errors.ts";

/** Aborted when it is to end. */
export function toldToEnd(): AbortSignal {
  const ending = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => ending.abort());
  return ending.signal;
}

export const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });

/** The Envoy that is found then takes over from the one that runs. */
export function renewOnSignal(running: () => Supervised | null, log: (line: string) => void): void {
  const renew = async () => {
    const envoy = running();
    if (!envoy) return log("no Envoy runs that could be upgraded");
    try {
      await envoy.renew((await findEnvoy({ progress: log })).path);
      log("another Envoy has taken over");
    } catch (error) {
      log(`Envoy stays as it is: ${reason(error)}`);
    }
  };
  process.on("SIGUSR2", () => void renew());
}
