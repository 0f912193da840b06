/**
 * Parameters and requests that nobody means, against the policies that limit: what is wrong is refused in
 * words that name the place, nothing fails, and no request gets around a limit.
 */
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { OneByOne } from "./one-by-one.ts";

const names = ["basic-ratelimit", "advanced-ratelimit", "quota", "concurrency-limit"] as const;
let limited: OneByOne;
let runs = 0;

beforeAll(async () => {
  limited = await OneByOne.start(names.map((name) => `policies/${name}`));
});
afterAll(() => limited.close());

/** A status that a limit may answer, or 500 with a reason. */
async function asked(path = "/", headers: Record<string, string> = {}): Promise<number> {
  const { status, said } = await limited.ask({ path, headers });
  if (status === 500)
    expect(said).toMatch(/invalid chain: [a-z-]+: \S+.*: \S|invalid chain: .*expected/);
  else expect([200, 429]).toContain(status);
  return status;
}

const word = fc.oneof(
  fc.string({ maxLength: 20 }),
  fc.constantFrom(
    "1m",
    "1h",
    "0",
    "-1s",
    "1e3s",
    "9999999h",
    "ip",
    "cel",
    "header",
    "regex",
    "gcra",
  ),
  fc.constantFrom(
    "fixed-window",
    "leaky-bucket",
    "request_body",
    "$.a",
    "$..",
    "request.Path",
    "(",
    "[a-",
  ),
);
const number = fc.oneof(
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.constantFrom(0, 1, -1, 1e15, 1e16, 2 ** 53, 1e308),
);
const keys = fc.constantFrom(
  ..."quotas limits limit requests duration burst queue name algorithm scope keyExtraction type key".split(
    " ",
  ),
  ..."expression match value costExtraction enabled sources multiplier default countWhen statuses".split(
    " ",
  ),
  ..."identity period timeZoneOffset onRateLimitExceeded statusCode body bodyFormat headers".split(
    " ",
  ),
);
const { anything } = fc.letrec((tie) => ({
  anything: fc.oneof(
    { maxDepth: 4 },
    word,
    number,
    fc.boolean(),
    fc.constant(null),
    fc.array(tie("anything"), { maxLength: 4 }),
    fc.dictionary(keys, tie("anything"), { maxKeys: 4 }),
  ),
}));

/** Parameters that are nearly right: one value somewhere is anything. */
const right: Record<(typeof names)[number], object> = {
  "basic-ratelimit": { limits: [{ requests: 1, duration: "1h" }] },
  "advanced-ratelimit": {
    quotas: [
      {
        name: "a",
        algorithm: "token-bucket",
        limits: [{ limit: 1, duration: "1h", burst: 2, queue: 0 }],
        keyExtraction: [
          { type: "header", key: "x", match: { type: "regex", value: "" } },
          { type: "cel", expression: "request.Method" },
        ],
        costExtraction: {
          enabled: true,
          sources: [{ type: "request_body", jsonPath: "$.n", multiplier: 2 }],
          default: 1,
        },
        countWhen: { statuses: [200], identity: "any" },
      },
    ],
    onRateLimitExceeded: { statusCode: 429, body: "{}", bodyFormat: "json" },
    headers: { include_ietf: true },
  },
  quota: { limits: [{ limit: 1, period: "day" }], timeZoneOffset: "+01:00", name: "q" },
  "concurrency-limit": { limit: 1, keyExtraction: [{ type: "ip" }] },
};

/** Every place in a value: the ways to it. */
function ways(value: unknown): string[][] {
  if (typeof value !== "object" || value === null) return [[]];
  return [
    [],
    ...Object.entries(value).flatMap(([key, one]) => ways(one).map((way) => [key, ...way])),
  ];
}

function replaced(value: unknown, [key, ...rest]: string[], by: unknown): unknown {
  if (key === undefined) return by;
  const copy = structuredClone(value) as Record<string, unknown>;
  copy[key] = replaced(copy[key], rest, by);
  return copy;
}

describe.each(names)("%s", (name) => {
  test("says what is wrong with parameters, and never fails", async () => {
    const places = ways(right[name]).filter((way) => way.length > 0);
    const nearly = fc
      .tuple(fc.constantFrom(...places), anything)
      .map(([way, by]) => replaced(right[name], way, by) as object);
    const params = fc.oneof(
      nearly,
      nearly,
      fc.dictionary(keys, anything),
      fc.constant(right[name]),
    );
    const seen = new Set<number>();
    await fc.assert(
      fc.asyncProperty(params, async (one) => {
        limited.use(name, one);
        seen.add(await asked()).add(await asked());
      }),
      { numRuns: 400 },
    );
    expect(seen).toContain(200);
    expect(seen).toContain(500);
  });
});

describe("advanced-ratelimit", () => {
  const header = fc.string({ maxLength: 30 }).filter((text) => /^[\x21-\x7e]*$/.test(text));

  test("no header lets more than the limit through, whatever it says of the cost", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(header, { minLength: 5, maxLength: 5 }), async (values) => {
        const source = { type: "request_header", key: "x-cost" };
        const base = { type: "request_cel", expression: "1" };
        const quota = {
          limits: [{ limit: 3, duration: "24h" }],
          keyExtraction: [{ type: "constant", key: `run ${++runs}` }],
          costExtraction: { enabled: true, sources: [source, base] },
        };
        limited.use("advanced-ratelimit", { quotas: [quota] });
        let passed = 0;
        for (const value of values) if ((await asked("/", { "x-cost": value })) === 200) passed++;
        expect(passed).toBeLessThanOrEqual(3);
      }),
      { numRuns: 200 },
    );
  });
});
