/** Follows one controller after another into the cache, for as long as it is told. */
import { reason } from "../../errors.ts";
import type { ResourceCache } from "../../xds/cache.ts";
import type { Report, Wire } from "../../xds/wire.ts";
import type { Counters } from "../../canary/counters.ts";
import type { Log } from "../../log.ts";
import { rest, restAfter } from "./backoff.ts";
import type { ControllerAddress } from "./controllers.ts";
import { openSession, type Session } from "./session.ts";

export interface FollowOptions {
  controllers: readonly ControllerAddress[];
  nodeId: string;
  wire: Wire;
  cache: ResourceCache;
  settled(): void;
  /** All that a controller that knows nothing yet should be told. */
  wholeReport(): Partial<Report>[];
  log: Log;
}

export interface Following {
  /** Whether the controller that is followed wants to know how requests end. */
  wantsMeasures(): boolean;
  measured(counters: Counters): void;
  /** Tells the controller that is followed now; the next one is told everything anyway. */
  report(report: Partial<Report>): void;
  /** Which controller is followed; null while none answers. */
  controller(): string | null;
  close(): Promise<void>;
}

export function followControllers(options: FollowOptions): Following {
  const { controllers, wholeReport, log } = options;
  const closing = new AbortController();
  let session: Session | null = null;
  let followed: string | null = null;
  let failures = 0;
  let measures = false;

  const follow = async (controller: ControllerAddress) => {
    const opened = await openSession({
      ...options,
      controller,
      signal: closing.signal,
      settled: (wanted) => {
        measures = wanted;
        if (followed !== controller.url) log(`following ${controller.url}`, "info");
        followed = controller.url;
        failures = 0;
        options.settled();
      },
    });
    for (const report of wholeReport()) opened.report(report);
    session = opened;
    await opened.ended;
  };
  const run = async () => {
    for (let turn = 0; !closing.signal.aborted; turn++) {
      try {
        await follow(controllers[turn % controllers.length]!);
      } catch (error) {
        if (!closing.signal.aborted && (followed !== null || failures === 0))
          log(`lost a controller: ${reason(error)}`);
      }
      session = followed = null;
      measures = false;
      if (!closing.signal.aborted) await rest(restAfter(failures++), closing.signal);
    }
  };
  const running = run();
  return {
    report: (report) => session?.report(report),
    controller: () => followed,
    wantsMeasures: () => measures,
    measured: (counters) => session?.measured(counters),
    close: async () => {
      closing.abort();
      await running;
    },
  };
}
