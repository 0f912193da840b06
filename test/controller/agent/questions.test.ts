import fc from "fast-check";
import { expect, test } from "vitest";
import { questionsAbout } from "../../../controller/agent/proof/questions.ts";

const names = fc.uniqueArray(fc.string({ unit: "grapheme", minLength: 1, maxLength: 120 }), {
  maxLength: 400,
});

/** Each letter is a step, and Envoy takes 100 of them. */
const steps = (regex: string): number => Buffer.byteLength(regex.replaceAll("\\", ""));

test("each doubted name is asked for, by an expression that Envoy takes and that matches it", () => {
  fc.assert(
    fc.property(names, fc.nat(), (all, from) => {
      const doubted = all.slice(from % (all.length + 1));
      const questions = questionsAbout(doubted, all);
      for (const { regex } of questions) expect(steps(regex)).toBeLessThan(100);
      for (const { regex, names } of questions)
        for (const name of names) expect(name).toMatch(new RegExp(regex, "s"));
      expect(questions.flatMap((one) => one.names).sort()).toEqual([...doubted].sort());
    }),
    { numRuns: 200 },
  );
});

const api = (i: number) => `segment/api-${String(i).padStart(5, "0")}`;
const thousands = Array.from({ length: 10_000 }, (_, i) => api(i));

test("10,000 at once are some hundred questions, each with few answers", () => {
  const questions = questionsAbout(thousands, []);
  expect(questions.length).toBeLessThanOrEqual(100);
  for (const { regex } of questions)
    expect(thousands.filter((name) => new RegExp(regex).test(name)).length).toBeLessThanOrEqual(
      256,
    );
});

test("few of 10,000 are asked for by their names alone", () => {
  const few = [7, 4_711, 9_999].map(api);
  const found = questionsAbout(few, thousands).flatMap(({ regex }) =>
    thousands.filter((name) => new RegExp(regex).test(name)),
  );
  expect(found.sort()).toEqual(few);
});

test("nothing is asked about nothing", () => {
  expect(questionsAbout([], thousands)).toEqual([]);
});
