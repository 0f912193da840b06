/** The arithmetic of limits against plain models of it, over random times and costs. */
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { OneByOne } from "./one-by-one.ts";

const limit = 10;
const burst = 4;
const windowMs = 1_000;
let limited: OneByOne;
let runs = 0;

beforeAll(async () => {
  limited = await OneByOne.start(["policies/advanced-ratelimit"]);
});
afterAll(() => limited.close());

/** What is left at `now`, in exact parts of a request, and what a taken cost changes. */
interface Model {
  left(now: number): number;
  take(cost: number, now: number): void;
}

function fixed(): Model {
  let start = -1;
  let used = 0;
  const roll = (now: number) => {
    const begins = Math.floor(now / windowMs);
    if (begins !== start) [start, used] = [begins, 0];
  };
  return {
    left: (now) => (roll(now), limit - used),
    take: (cost, now) => (roll(now), (used += cost)),
  };
}

function sliding(): Model {
  const taken = new Map<number, number>();
  const of = (window: number) => taken.get(window) ?? 0;
  return {
    left: (now) => {
      const window = Math.floor(now / windowMs);
      const covered = 1 - (now % windowMs) / windowMs;
      return limit - of(window) - Math.ceil(of(window - 1) * covered);
    },
    take: (cost, now) => {
      const window = Math.floor(now / windowMs);
      taken.set(window, of(window) + cost);
    },
  };
}

/** In thousandths of a request, which a millisecond changes by whole numbers. */
function bucket(): Model {
  let level = 0;
  let last = 0;
  const drain = (now: number) => {
    level = Math.max(0, level - (now - last) * limit);
    last = now;
  };
  return {
    left: (now) => (drain(now), burst - level / windowMs),
    take: (cost, now) => (drain(now), (level += cost * windowMs)),
  };
}

const models = { "fixed-window": fixed, "sliding-window": sliding, "token-bucket": bucket };
const steps = fc.array(
  fc.record({ pauseMs: fc.oneof(fc.nat(120), fc.nat(2_500)), cost: fc.nat(5) }),
  { maxLength: 25 },
);

function start(algorithm: string): void {
  const one = {
    algorithm,
    limits: [{ limit, duration: `${windowMs}ms`, burst }],
    keyExtraction: [{ type: "constant", key: `run ${++runs}` }],
    costExtraction: { enabled: true, sources: [{ type: "request_header", key: "x-cost" }] },
  };
  limited.use("advanced-ratelimit", { quotas: [one] });
}

async function ask(cost: number): Promise<{ status: number; left: number; retryAfter: number }> {
  const { answer } = await limited.ask({ path: "/", headers: { "x-cost": String(cost) } });
  const number = (name: string) => Number(answer.header(name));
  const [left, retryAfter] = [number("x-ratelimit-remaining"), number("retry-after")];
  return { status: answer.status, left, retryAfter };
}

test("a sliding window reads the time to the microsecond", async () => {
  start("sliding-window");
  const { clock } = limited.gateway;
  clock.advance(windowMs - (clock.now % windowMs));
  expect(await ask(8)).toMatchObject({ status: 200, left: 2 });
  clock.advance(windowMs + 125);
  expect(await ask(0)).toMatchObject({ status: 200, left: 3 });
});

describe.each(Object.entries(models))("%s", (algorithm, model) => {
  test("decides as its model does, and says what is left", async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (sequence) => {
        start(algorithm);
        const expected = model();
        for (const { pauseMs, cost } of sequence) {
          limited.gateway.clock.advance(pauseMs);
          const now = limited.gateway.clock.now;
          const passes = cost === 0 || cost <= expected.left(now);
          if (passes) expected.take(cost, now);
          const { status, left } = await ask(cost);
          expect(status).toBe(passes ? 200 : 429);
          expect(left).toBe(Math.max(0, Math.floor(expected.left(now))));
        }
      }),
      { numRuns: 150 },
    );
  });

  test("whoever waits as long as it was told gets through", async () => {
    await fc.assert(
      fc.asyncProperty(steps, fc.integer({ min: 1, max: burst }), async (sequence, cost) => {
        start(algorithm);
        for (const { pauseMs, cost } of sequence) {
          limited.gateway.clock.advance(pauseMs);
          await ask(cost);
        }
        let answer = await ask(cost);
        while (answer.status === 200) answer = await ask(cost);
        limited.gateway.clock.advance(answer.retryAfter * 1_000);
        expect((await ask(cost)).status).toBe(200);
      }),
      { numRuns: 100 },
    );
  });
});
