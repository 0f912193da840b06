/** How long to rest after a failure: longer with each, half of it by chance, so that a fleet does not come back at once. */
export const restAfter = (failures: number, firstMs = 100, longestMs = 2_000): number =>
  Math.min(firstMs * 2 ** Math.min(failures, 30), longestMs) * (0.5 + Math.random() / 2);

/** Settles when the time is over, or when the signal says so. */
export const rest = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    if (signal.aborted) done();
    else signal.addEventListener("abort", done);
  });
