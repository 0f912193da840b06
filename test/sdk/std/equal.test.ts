import { beforeAll, expect, test } from "vitest";
import { ascii, load, type Std } from "./harness.ts";

let std: Std;
beforeAll(async () => {
  std = await load("equal");
});

test.each([
  ["", "", 1],
  ["a", "a", 1],
  ["secret", "secret", 1],
  ["secret", "secreT", 0],
  ["Secret", "secret", 0],
  ["secret", "secre", 0],
  ["", "a", 0],
  ["a", "a\0", 0],
])("compares %j with %j", (a, b, equal) => {
  expect(std.number("equalInConstantTime", a, b)).toBe(equal);
  expect(std.number("equalBytesInConstantTime", ascii(a), ascii(b))).toBe(equal);
});

test("tells letters apart that differ in their high byte alone", () => {
  expect(std.number("equalInConstantTime", "a", "\u0161")).toBe(0);
});
