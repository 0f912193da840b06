import { beforeAll, describe, expect, test } from "vitest";
import { load, type Std } from "./harness.ts";

let std: Std;
beforeAll(async () => {
  std = await load("time");
});

const wrong = -(2n ** 63n);
const seconds = (iso: string): bigint => BigInt(Date.parse(iso) / 1000);
const i64 = (value: number): bigint => value as unknown as bigint;

describe("durations", () => {
  test.each([
    ["0", 0n],
    ["5s", 5_000_000_000n],
    ["30s", 30_000_000_000n],
    ["1478s", 1478_000_000_000n],
    ["-5s", -5_000_000_000n],
    ["+5s", 5_000_000_000n],
    ["5.0s", 5_000_000_000n],
    ["5.6s", 5_600_000_000n],
    [".5s", 500_000_000n],
    ["1.004s", 1_004_000_000n],
    ["100.00100s", 100_001_000_000n],
    ["10ns", 10n],
    ["11us", 11_000n],
    ["12\u00b5s", 12_000n],
    ["12\u03bcs", 12_000n],
    ["13ms", 13_000_000n],
    ["1h30m", 5400_000_000_000n],
    ["3h30m", 12600_000_000_000n],
    ["10.5s4m", 250_500_000_000n],
    ["-2m3.4s", -123_400_000_000n],
    ["1h2m3s4ms5us6ns", 3723_004_005_006n],
    ["9223372036854775807ns", 9223372036854775807n],
    ["0.100000000000000000000h", 360_000_000_000n],
  ])("Go reads %s", (text, nanos) => {
    expect(i64(std.number("parseDuration", text))).toBe(nanos);
  });

  test.each([
    "",
    "3",
    "-",
    "s",
    ".",
    "-.",
    ".s",
    "+.s",
    "1d",
    "9223372036854775808ns",
    "3000000h",
    "1e3s",
    "1 s",
  ])("%j is none", (text) => {
    expect(i64(std.number("parseDuration", text))).toBe(wrong);
  });

  test.each([
    ["500ms", 500_000_000n],
    ["30s", 30_000_000_000n],
    ["7d", 604800_000_000_000n],
    ["1h30m", wrong],
    ["1.5h", wrong],
    ["-1s", wrong],
    ["s", wrong],
    ["10", wrong],
    ["999999999999999h", wrong],
  ])("one unit: %s", (text, nanos) => {
    expect(i64(std.number("parseSimpleDuration", text))).toBe(nanos);
  });

  test.each([
    [0n, "0s"],
    [1n, "1ns"],
    [1100n, "1.1\u00b5s"],
    [2_200_000n, "2.2ms"],
    [3_300_000_000n, "3.3s"],
    [245_000_000_000n, "4m5s"],
    [18367_001_000_000n, "5h6m7.001s"],
    [-5400_000_000_000n, "-1h30m0s"],
    [wrong, "-2562047h47m16.854775808s"],
  ])("Go prints %s as %s", (nanos, text) => {
    expect(std.text("formatDuration", nanos)).toBe(text);
  });
});

describe("RFC 3339", () => {
  test.each([
    ["1985-04-12T23:20:50.52Z", "520000000"],
    ["1996-12-19T16:39:57-08:00", "0"],
    ["1937-01-01T12:00:27.87+00:20", "870000000"],
    ["2000-02-29T00:00:00Z", "0"],
    ["0001-01-01T00:00:00Z", "0"],
    ["9999-12-31T23:59:59.999999999Z", "999999999"],
    ["1970-01-01t00:00:00z", "0"],
  ])("reads %s", (text, nanos) => {
    const whole = text.replace(/\.\d+/, "").toUpperCase();
    expect(std.text("parseRfc3339", text)).toBe(`${seconds(whole)}.${nanos}`);
  });

  test.each([
    "",
    "2021-02-29T00:00:00Z",
    "2021-13-01T00:00:00Z",
    "2021-00-01T00:00:00Z",
    "2021-01-01T24:00:00Z",
    "2021-01-01T00:60:00Z",
    "1990-12-31T23:59:60Z",
    "2021-01-01T00:00:00",
    "2021-01-01T00:00:00.Z",
    "2021-01-01T00:00:00+0100",
    "2021-01-01T00:00:00+24:00",
    "2021-01-01 00:00:00Z",
    "2021-01-01T00:00:00ZZ",
    "0000-01-01T00:00:00Z",
    "+2021-01-01T00:00:00Z",
  ])("refuses %j", (text) => {
    expect(std.text("parseRfc3339", text)).toBeNull();
  });

  test("writes what it reads", () => {
    for (const text of [
      "1970-01-01T00:00:00Z",
      "2026-11-21T10:15:30Z",
      "0001-01-01T00:00:00Z",
      "1969-12-31T23:59:59Z",
    ]) {
      expect(std.text("formatRfc3339", seconds(text), 0)).toBe(text);
    }
    expect(std.text("formatRfc3339", 0n, 500_000_000)).toBe("1970-01-01T00:00:00.500Z");
    expect(std.text("formatRfc3339", 0n, 1)).toBe("1970-01-01T00:00:00.000000001Z");
  });
});

describe("dates of HTTP", () => {
  const now = seconds("2026-11-21T00:00:00Z");

  test.each([
    "Sun, 06 Nov 1994 08:49:37 GMT",
    "Sunday, 06-Nov-94 08:49:37 GMT",
    "Sun Nov  6 08:49:37 1994",
  ])("reads %s", (text) => {
    expect(std.text("parseHttpDate", text, now)).toBe("784111777");
  });

  test.each([
    "",
    "Sun, 6 Nov 1994 08:49:37 GMT",
    "Sun, 06 Nov 1994 08:49:37 UTC",
    "Sun, 31 Feb 1994 08:49:37 GMT",
    "Sun, 06 Nov 1994 24:49:37 GMT",
    "Son, 06 Nov 1994 08:49:37 GMT",
    "Sun, 06 ovD 1994 08:49:37 GMT",
    "Sunday, 06-Nov-1994 08:49:37 GMT",
    "day, 06-Nov-94 08:49:37 GMT",
    "Sun Nov 06 08:49:37",
    "1994-11-06T08:49:37Z",
  ])("refuses %j", (text) => {
    expect(std.text("parseHttpDate", text, now)).toBeNull();
  });

  test("agrees with the platform from 1600 to 2400", () => {
    for (let day = -135_000; day < 157_000; day += 97) {
      const at = day * 86400 + (day & 0xffff);
      const date = new Date(at * 1000);
      expect(std.text("formatHttpDate", BigInt(at))).toBe(date.toUTCString());
      expect(std.text("parseHttpDate", date.toUTCString(), now)).toBe(String(at));
      expect(std.number("weekday", BigInt(at))).toBe(date.getUTCDay());
    }
  });
});

describe("windows of the calendar", () => {
  test.each([
    [1, "2024-02-29T12:34:56Z", "2024-02-29T12:34:00Z", "2024-02-29T12:35:00Z"],
    [2, "2024-02-29T12:34:56Z", "2024-02-29T12:00:00Z", "2024-02-29T13:00:00Z"],
    [3, "2024-02-29T12:34:56Z", "2024-02-29T00:00:00Z", "2024-03-01T00:00:00Z"],
    [4, "2024-02-29T12:34:56Z", "2024-02-26T00:00:00Z", "2024-03-04T00:00:00Z"],
    [4, "2024-03-03T23:59:59Z", "2024-02-26T00:00:00Z", "2024-03-04T00:00:00Z"],
    [5, "2024-02-29T12:34:56Z", "2024-02-01T00:00:00Z", "2024-03-01T00:00:00Z"],
    [5, "2024-12-31T23:59:59Z", "2024-12-01T00:00:00Z", "2025-01-01T00:00:00Z"],
    [6, "2024-12-31T23:59:59Z", "2024-01-01T00:00:00Z", "2025-01-01T00:00:00Z"],
  ])("period %i of %s", (period, at, start, end) => {
    expect(i64(std.number("windowStart", seconds(at), period, 0))).toBe(seconds(start));
    expect(i64(std.number("windowEnd", seconds(at), period, 0))).toBe(seconds(end));
  });

  test("a day east of Greenwich begins before midnight in UTC", () => {
    const at = seconds("2024-02-29T23:30:00Z");
    expect(i64(std.number("windowStart", at, 3, 3600))).toBe(seconds("2024-02-29T23:00:00Z"));
    expect(i64(std.number("windowEnd", at, 5, 3600))).toBe(seconds("2024-03-31T23:00:00Z"));
  });
});
