/** Each of the contract's twenty-five facts is a named test, or stands here with what it waits for. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

const waiting: Record<number, string> = {
  14: "guardrails and prompt policies are not on the shelf",
  25: "policies of the kind Mcp are not on the shelf",
};

test("every fact has a test with its number, and none waits that has one", () => {
  const texts = ["data-plane", "management"].map((name) =>
    readFileSync(new URL(`${name}.test.ts`, import.meta.url), "utf8"),
  );
  const found = new Set(
    [...texts.join("\n").matchAll(/(?:test|describe)\(\s*["'`]fact (\d+)\b/g)].map(([, number]) =>
      Number(number),
    ),
  );
  const all = Array.from({ length: 25 }, (_, i) => i + 1);
  expect(all.filter((fact) => !found.has(fact) && !(fact in waiting))).toEqual([]);
  expect(Object.keys(waiting).filter((fact) => found.has(Number(fact)))).toEqual([]);
});
