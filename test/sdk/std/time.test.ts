import { beforeAll, describe, expect, test } from "vitest";
import { load, type Std } from "./harness.ts";

let std: Std;
beforeAll(async () => {
  std = await load("time");
});

describe("durations", () => {
  test.each([
    ["0", "0"],
    ["1s", "1000000000"],
    ["1h30m", "5400000000000"],
    ["1h15m30.918273645s", "4530918273645"],
    ["1.5h", "5400000000000"],
    [".5s", "500000000"],
    ["1.s", "1000000000"],
    ["-1.5s", "-1500000000"],
    ["+5m", "300000000000"],
    ["250ms", "250000000"],
    ["100us", "100000"],
    ["100µs", "100000"],
    ["7ns", "7"],
    ["2562047h", "9223369200000000000"],
    ["", "none"],
    ["1", "none"],
    ["s", "none"],
    [".", "none"],
    [".s", "none"],
    ["1d", "none"],
    ["1x", "none"],
    ["-", "none"],
    ["1 s", "none"],
    ["1.2.3s", "none"],
    ["--1s", "none"],
    ["3000000h", "none"],
    ["99999999999999999999s", "none"],
  ])("%j is %s ns", (text, value) => {
    expect(std.text("duration", text)).toBe(value);
  });

  test.each([
    ["30s", "30000000000"],
    ["1.5m", "90000000000"],
    ["0s", "0"],
    ["10ms", "10000000"],
    ["2h", "7200000000000"],
    ["1h30m", "none"],
    ["-1s", "none"],
    ["1", "none"],
    ["1.s", "none"],
    [".5s", "none"],
    ["1us", "none"],
    ["1s ", "none"],
    ["", "none"],
  ])("alone, %j is %s ns", (text, value) => {
    expect(std.text("singleDuration", text)).toBe(value);
  });
});

describe("dates of HTTP", () => {
  test.each([
    ["Sun, 06 Nov 1994 08:49:37 GMT", "784111777"],
    ["Sunday, 06-Nov-94 08:49:37 GMT", "784111777"],
    ["Sun Nov  6 08:49:37 1994", "784111777"],
    ["Thu, 01 Jan 1970 00:00:00 GMT", "0"],
    ["Thu, 29 Feb 2024 23:59:59 GMT", "1709251199"],
    ["Wednesday, 01-Jan-69 00:00:00 GMT", "3124224000"],
  ])("%s", (text, seconds) => {
    expect(std.text("fromHttpDate", text)).toBe(seconds);
  });

  test.each([
    "",
    "Sun, 06 Nov 1994 08:49:37",
    "Sun, 06 Nov 1994 08:49:37 UTC",
    "Sun, 31 Feb 1994 08:49:37 GMT",
    "Sun, 29 Feb 2023 08:49:37 GMT",
    "Sun, 06 Nov 1994 24:49:37 GMT",
    "Sun, 6 Nov 1994 08:49:37 GMT",
    "Xxx, 06 Nov 1994 08:49:37 GMT",
    "Sun, 06 ovD 1994 08:49:37 GMT",
    "Sun, 06 Nov 1994 08-49-37 GMT",
    "Sunny, 06-Nov-94 08:49:37 GMT",
  ])("%j is refused", (text) => {
    expect(std.text("fromHttpDate", text)).toBe("none");
  });

  test("agrees with the platform on days of five centuries", () => {
    for (let day = -80000; day < 120000; day += 37) {
      const date = new Date(day * 86400000 + (day % 86399) * 1000);
      expect(std.text("toHttpDate", date.getTime() / 1000)).toBe(date.toUTCString());
      expect(std.text("fromHttpDate", date.toUTCString())).toBe(String(date.getTime() / 1000));
      const iso = date.toISOString();
      expect(std.text("toRfc3339", date.getTime())).toBe(iso.replace(".000Z", "Z"));
      expect(std.text("fromRfc3339", iso)).toBe(String(date.getTime()));
    }
  });
});

describe("RFC 3339, section 5.8", () => {
  test.each([
    ["1985-04-12T23:20:50.52Z", 482196050520],
    ["1996-12-19T16:39:57-08:00", 851042397000],
    ["1990-12-31T23:59:60Z", 662688000000],
    ["1937-01-01T12:00:27.87+00:20", -1041337172130],
    ["2024-02-29t00:00:00.123456789z", 1709164800123],
  ])("%s", (text, milliseconds) => {
    expect(std.text("fromRfc3339", text)).toBe(String(milliseconds));
  });

  test.each([
    "",
    "2024-01-01",
    "2024-01-01T00:00:00",
    "2024-01-01 00:00:00Z",
    "2024-13-01T00:00:00Z",
    "2024-00-01T00:00:00Z",
    "2023-02-29T00:00:00Z",
    "2024-01-01T24:00:00Z",
    "2024-01-01T00:60:00Z",
    "2024-01-01T00:00:61Z",
    "2024-01-01T00:00:00.Z",
    "2024-01-01T00:00:00+0100",
    "2024-01-01T00:00:00+24:00",
    "2024-01-01T00:00:00Zx",
    "2024-1-1T00:00:00Z",
  ])("%j is refused", (text) => {
    expect(std.text("fromRfc3339", text)).toBe("none");
  });
});

test.each([
  [0, "2024-02-29T23:59:00Z 2024-03-01T00:00:00Z"],
  [1, "2024-02-29T23:00:00Z 2024-03-01T00:00:00Z"],
  [2, "2024-02-29T00:00:00Z 2024-03-01T00:00:00Z"],
  [3, "2024-02-26T00:00:00Z 2024-03-04T00:00:00Z"],
  [4, "2024-02-01T00:00:00Z 2024-03-01T00:00:00Z"],
  [5, "2024-01-01T00:00:00Z 2025-01-01T00:00:00Z"],
])("calendar window %i around a leap day is %s", (window, expected) => {
  expect(std.text("window", Date.UTC(2024, 1, 29, 23, 59, 30, 5), window)).toBe(expected);
});

test("a window before 1970 and the first of a month start where they should", () => {
  expect(std.text("window", -1, 4)).toBe("1969-12-01T00:00:00Z 1970-01-01T00:00:00Z");
  expect(std.text("window", 0, 4)).toBe("1970-01-01T00:00:00Z 1970-02-01T00:00:00Z");
});
