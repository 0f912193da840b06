/**
 * One thing measured against another: a round runs both, the first of them in turn, so that what else the machine does
 * falls on both. Ratios are of one round each.
 */

/** Runs so many requests, and says how many microseconds of processor time they took together. */
export type Measured = (requests: number) => Promise<number>;

export interface Figures {
  /** Microseconds for a request, medians of the rounds. */
  bareMicros: number;
  micros: number;
  addedMicros: number;
  /** Median of the rounds; half of them lie between the other two. */
  ratio: number;
  lowerQuarter: number;
  upperQuarter: number;
}

export interface Rounds {
  rounds: number;
  requests: number;
}

export async function compare(
  bare: Measured,
  own: Measured,
  { rounds, requests }: Rounds,
): Promise<Figures> {
  // The first requests compile, open connections and fill caches.
  await bare(requests);
  await own(requests);
  const found: { bare: number; own: number }[] = [];
  for (let i = 0; i < rounds; i++) {
    const micros = { bare: 0, own: 0 };
    for (const which of i % 2 === 0 ? (["bare", "own"] as const) : (["own", "bare"] as const))
      micros[which] = (await { bare, own }[which](requests)) / requests;
    found.push(micros);
  }
  const ratios = found.map((one) => one.own / one.bare);
  return {
    bareMicros: quantile(
      found.map((one) => one.bare),
      0.5,
    ),
    micros: quantile(
      found.map((one) => one.own),
      0.5,
    ),
    addedMicros: quantile(
      found.map((one) => one.own - one.bare),
      0.5,
    ),
    ratio: quantile(ratios, 0.5),
    lowerQuarter: quantile(ratios, 0.25),
    upperQuarter: quantile(ratios, 0.75),
  };
}

/** Of an even number the lower one of the middle two. */
export function quantile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) * part)] ?? NaN;
}
