/**
 * Requests at random moments, as of many clients that know nothing of each other: the gaps between them have an exponential
 * distribution, to the microsecond. wrk's pauses have whole milliseconds, so that nearly all of what it sends comes in
 * bursts of seven within a tenth of a millisecond, and each request waits for those before it.
 *
 * It spins, and so takes a core of its own. What is due is sent, whether earlier requests were answered or not.
 */
import { Loader, type LoaderOptions } from "./loader.ts";

export interface PacedOptions extends LoaderOptions {
  perSecond: number;
  seconds: number;
}

const warmUpMs = 200;

/** The time of each request, sorted. */
export async function pacedLoad(options: PacedOptions): Promise<Float64Array> {
  const loader = new Loader(options);
  const meanGapMs = 1_000 / options.perSecond;
  const from = performance.now() + warmUpMs;
  const end = from + options.seconds * 1_000;
  let next = performance.now();
  let isWarm = false;
  await new Promise<void>((resolve) => {
    const turn = (): void => {
      const now = performance.now();
      if (!isWarm && now >= from) {
        isWarm = true;
        loader.forget();
      }
      while (next <= now && next < end && loader.send())
        next -= Math.log(1 - Math.random()) * meanGapMs;
      if (next >= end && loader.open === 0) resolve();
      else setImmediate(turn);
    };
    turn();
  });
  loader.close();
  for (const [why, count] of loader.failures) throw new Error(`${count} requests: ${why}`);
  return Float64Array.from(loader.latenciesMs).sort();
}

/** Of sorted values. */
export const quantile = (sorted: Float64Array, part: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? NaN;
