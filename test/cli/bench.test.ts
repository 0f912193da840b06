/** `ap policy bench`: figures for each case that can be repeated, beside the same request without a policy. */
import { expect, test } from "vitest";
import { benchPolicies, type BenchOptions, type Row } from "../../cli/bench/command.ts";
import { compare, quantile } from "../../cli/bench/rounds.ts";
import { io } from "../../cli/io.ts";

/** They build policies and start an Envoy, on a machine that may have other things to do. */
const patienceMs = 240_000;

async function measured(folder: string, options: Partial<BenchOptions>): Promise<string> {
  let out = "";
  const screen = io(
    (text) => void (out += text),
    () => {},
  );
  await benchPolicies([folder], { rounds: "2", requests: "20", ...options }, screen);
  return out;
}

interface Printed {
  rows: Row[];
  skipped: { policy: string; case: string; because: string }[];
}

test(
  "measures in both hosts, and says by how many rounds",
  async () => {
    const { rows } = JSON.parse(
      await measured("policies/set-headers", {
        ...{ envoy: true, json: true, case: "sets a header of the request and one" },
      }),
    ) as Printed;
    expect(rows.map(({ host, rounds, requests }) => [host, rounds, requests])).toEqual([
      ["simulator", 2, 20],
      ["envoy", 2, 20],
    ]);
    for (const row of rows) {
      expect(row.bareMicros).toBeGreaterThan(0);
      expect(row.micros).toBeGreaterThan(0);
      expect(row.lowerQuarter).toBeLessThanOrEqual(row.ratio);
      expect(row.upperQuarter).toBeGreaterThanOrEqual(row.ratio);
      expect(row.changed).toBeNull();
    }
  },
  patienceMs,
);

test(
  "says what it cannot repeat, and what is answered otherwise after a while",
  async () => {
    const folder = "policies/hmac-auth";
    const { rows, skipped } = JSON.parse(
      await measured(folder, { json: true, rounds: "1", requests: "3" }),
    ) as Printed;
    const once = rows.filter((row) => row.changed !== null);
    expect(once.map((row) => row.changed)).toEqual(["status: expected 200, found 401"]);
    expect(skipped.map((one) => one.because)).toContain("it has several steps");
    const table = await measured(folder, { case: "keeps the signature from the upstream" });
    expect(table).toMatch(/^policy +host +µs +without +added +ratio +half of the rounds +case$/m);
    expect(table).toContain("(repeated: status: expected 200, found 401)");
    expect(table).toContain("medians of 2 rounds taken in turn: 20 requests in simulator");
  },
  patienceMs,
);

test(
  "refuses numbers that are none, and a folder without a case to measure",
  async () => {
    await expect(measured("policies/set-headers", { rounds: "0" })).rejects.toThrow(
      "--rounds: expected a number from 1, found 0",
    );
    await expect(measured("policies/set-headers", { requests: "many" })).rejects.toThrow(
      "--requests: expected a number from 1, found many",
    );
    await expect(measured("policies/set-headers", { case: "no such case" })).rejects.toThrow(
      "no case can be measured",
    );
  },
  patienceMs,
);

test("both take their turn first, after a round that does not count", async () => {
  const asked: string[] = [];
  const taking = (name: string, micros: number) => async (requests: number) => {
    asked.push(name);
    return micros * requests;
  };
  const figures = await compare(taking("bare", 10), taking("own", 25), { rounds: 3, requests: 7 });
  expect(asked.join(" ")).toBe("bare own bare own own bare bare own");
  expect(figures).toMatchObject({ bareMicros: 10, micros: 25, addedMicros: 15, ratio: 2.5 });
  expect(quantile([4, 1, 3, 2], 0.5)).toBe(2);
});
