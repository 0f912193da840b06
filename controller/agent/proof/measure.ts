/** Asks an Envoy how its requests end, for as long as somebody wants to know. */
import { countersPath, readCounters, type Counters } from "../../canary/counters.ts";
import type { Ask } from "./dump.ts";

const everyMs = 500;

export interface MeasureOptions {
  wanted: () => boolean;
  ask: Ask;
  told(counters: Counters): void;
}

/** Returns what ends it. */
export function measure({ wanted, ask, told }: MeasureOptions): () => void {
  let asking = false;
  const look = async () => {
    if (asking || !wanted()) return;
    asking = true;
    try {
      told(readCounters(await ask(countersPath)));
    } catch {
      // It does not run just now, which is known by its silence.
    } finally {
      asking = false;
    }
  };
  const timer = setInterval(() => void look(), everyMs);
  return () => clearInterval(timer);
}
