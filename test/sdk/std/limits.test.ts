/**
 * What hostile input costs in the engine's fuel, in a module hardened as the build hardens it. Fuel counts
 * each round of a loop by all that is written in it, so that it is several times what is executed.
 */
import { constants, generateKeyPairSync, sign } from "node:crypto";
import { beforeEach, describe, expect, test } from "vitest";
import { ascii, load, type Argument, type Std } from "./harness.ts";

const MEGABYTE = 1 << 20;
/** `HEADERS_FUEL` of sdk/engine/fuel.ts. */
const HEADERS = 10_000_000;

let std: Std;
// A fault leaves an instance as it was: each test has its own.
beforeEach(async () => {
  std = await load("metered", true);
});

/** Runs one call; answers what it gave, the fuel it took, and that for each byte of its input. */
function cost(
  name: string,
  ...args: Argument[]
): { result: number; used: number; perByte: number } {
  const bytes = args.reduce<number>(
    (sum, one) => sum + (typeof one === "string" || one instanceof Uint8Array ? one.length : 0),
    0,
  );
  const result = std.number(name, ...args);
  const used = 2_000_000_000 - std.left();
  return { result, used, perByte: used / bytes };
}

describe("a megabyte of hostile body costs at most", () => {
  const keys = ascii(`{${Array.from({ length: 80_000 }, (_, i) => `"k${i}":1`).join()}}`);
  const dense = ascii(`[${Array.from({ length: 100_000 }, () => '{"a":1}').join()}]`);

  test.each<[number, string, string, Uint8Array]>([
    [20, "brackets", "json", ascii("[".repeat(MEGABYTE))],
    [60, "one long key", "json", ascii(`{"${"k".repeat(MEGABYTE)}":1}`)],
    [300, "many keys", "json", keys],
    [600, "many keys, none of them twice", "jsonUnique", keys],
    [1100, "empty objects", "json", ascii(`[${"{},".repeat(300_000)}1]`)],
    [700, "small objects", "json", dense],
    [150, "escapes", "json", ascii(`"${"\\u00e9".repeat(MEGABYTE / 6)}"`)],
    [60, "digits", "json", ascii("1".repeat(MEGABYTE))],
    [60, "white space", "json", ascii(" ".repeat(MEGABYTE) + "1")],
    [20, "broken UTF-8", "json", new Uint8Array(MEGABYTE).fill(0xc3)],
    [250, "UTF-8", "utf8", ascii("ä€𝄞".repeat(MEGABYTE / 9))],
    [200, "base64", "recode", new Uint8Array(MEGABYTE).fill(0xff)],
    [250, "SHA-256", "sha256", new Uint8Array(MEGABYTE)],
    [200, "SHA-512", "sha512", new Uint8Array(MEGABYTE)],
  ])("%i a byte for %s", (most, _, name, bytes) => {
    expect(cost(name, bytes).perByte).toBeLessThan(most);
  });

  test.each(["$.a.b[0]", "$..b", "$[-1].a", "$[*].b"])("1200 a byte for JSONPath %s", (source) => {
    expect(cost("jsonFind", std.keep("path", source)!, dense).perByte).toBeLessThan(1200);
  });

  test.each([
    ["(a+)+$", "a"],
    ["(.*)(.*)(.*)x", "a"],
    ["[a-z]*[a-z]*\\d", "ab"],
    ["(x|y|xy)*z\\b", "xy "],
    ["(\\w+\\s?)+:", "abc "],
    ["\\b(select|union|insert|update|delete|drop)\\b.*\\b(from|into|table)\\b", "select "],
    ["(a|b)*a(a|b){6}c", "aabab"],
  ])("150 a byte for the pattern %s", (source, unit) => {
    const bytes = ascii(unit.repeat(MEGABYTE / unit.length));
    expect(cost("regexTest", std.keep("regex", source)!, bytes).perByte).toBeLessThan(150);
  });
});

describe("what comes in headers stays within a callback's fuel", () => {
  const header = "a".repeat(60_000);

  test("patterns, their groups and 1,000 replacements", () => {
    for (const source of [
      "(a+)+$",
      "(a*)*b",
      "^(.*)/(.*)$",
      "(\\w)(\\w)?",
      "a|b",
      "^/v1/([^/]+)/(.*)$",
    ]) {
      const regex = std.keep("regex", source)!;
      expect(cost("regexMatch", regex, header.slice(0, 4000)).used).toBeLessThan(HEADERS);
      expect(cost("regexReplace", regex, header.slice(0, 1000)).used).toBeLessThan(HEADERS);
      expect(cost("regexTest", regex, ascii(header)).used).toBeLessThan(HEADERS);
    }
  });

  test("conditions", () => {
    for (const source of [
      `path.contains('${"a".repeat(2000)}b')`,
      "path.matches('^/v1/.*$') || path.split('a').size() > 3",
      "path.split('').all(x, x in ['a', 'b', 'c'])",
      "path.replace('a', 'bb').size() > 5",
    ]) {
      expect(cost("evaluate", std.keep("expression", source)!, header).used).toBeLessThan(HEADERS);
    }
  });

  test("tokens", () => {
    const part = (text: string): string => Buffer.from(text).toString("base64url");
    const token = `${part('{"alg":"RS256"}')}.${part(`{"a":${"[".repeat(14)}${"]".repeat(14)}}`)}.AAAA`;
    expect(cost("token", token)).toMatchObject({ result: 1 });
    expect(
      cost("token", `${part("[".repeat(9000))}.${part("{".repeat(2000))}.AAAA`).used,
    ).toBeLessThan(HEADERS / 4);
  });

  test("PSS of a key of 2048 bits, and the key itself", () => {
    const pair = generateKeyPairSync("rsa", { modulusLength: 2048 });
    const spki = new Uint8Array(pair.publicKey.export({ format: "der", type: "spki" }));
    const message = ascii("a.b");
    const signature = sign("sha256", message, {
      key: pair.privateKey,
      padding: constants.RSA_PKCS1_PSS_PADDING,
      saltLength: constants.RSA_PSS_SALTLEN_DIGEST,
    });
    expect(cost("publicKey", spki).used).toBeLessThan(HEADERS / 2);
    const { result, used } = cost(
      "pss",
      std.keep("publicKey", spki)!,
      message,
      new Uint8Array(signature),
    );
    expect(result).toBe(1);
    expect(used).toBeLessThan(HEADERS / 2);
  });
});

describe("the deepest that is allowed fits the stack", () => {
  test("groups within groups", () => {
    const source = "(?:".repeat(50) + "a" + ")".repeat(50);
    expect(std.number("regexTest", std.keep("regex", source)!, ascii("a"))).toBe(1);
    expect(
      std.number(
        "regexTest",
        std.keep("regex", "(?:a|".repeat(50) + "b" + ")*".repeat(50))!,
        ascii("b"),
      ),
    ).toBe(1);
  });

  test("expressions within expressions", () => {
    const levels = [
      "(".repeat(46) + "path == 'a'" + ")".repeat(46),
      "!".repeat(44) + "(path == 'a')",
      "path == 'a' || (".repeat(22) + "true" + ")".repeat(22),
      "[".repeat(22) + "path" + "]".repeat(22) + "[0]".repeat(22) + " == 'a'",
      "path" + ".trim()".repeat(44) + " == 'a'",
      "false ? true : ".repeat(44) + "true",
      "[1].all(x, ".repeat(8) + "true" + ")".repeat(8),
    ];
    for (const source of levels) {
      const expression = std.keep("expression", source);
      expect([source, expression === null]).toEqual([source, false]);
      expect(std.number("evaluate", expression!, "a")).toBe(1);
    }
  });

  test("what is deeper is refused, not a fault", () => {
    for (const unit of ["(", "[", "!", "-", "{1:", "a(", "a[", "1+(", "true?", "[1].all(x,"]) {
      expect(std.number("expressionProblem", unit.repeat(800))).toBe(1);
    }
    for (const unit of ["(", "(?:", "(?i:", "(a|", "[a", "((a*)*"]) {
      expect(std.keep("regex", unit.repeat(600))).toBeNull();
    }
  });
});

test("a fault in the midst of matching leaves a pattern that matches as before", async () => {
  let seed = 9;
  const next = (below: number): number => {
    seed = (Math.imul(seed, 1103515245) + 12345) & 0x7fffffff;
    return (seed >> 12) % below;
  };
  for (const source of ["(a|b)*a(a|b){5}c", "\\b(a+b)+\\b|^ba{3}$", "(?m)^(ab|ba)*$"]) {
    const regex = std.keep("regex", source)!;
    const expected = new RegExp(source.replace("(?m)", ""), source.startsWith("(?m)") ? "m" : "");
    const text = (size: number): string =>
      Array.from({ length: size }, () => "ab\nc a"[next(6)]).join("");
    let faults = 0;
    for (let round = 0; round < 300; round++) {
      try {
        std.number("regexStarved", regex, ascii(text(200)), 200 + next(20_000));
      } catch {
        faults++;
      }
      for (let i = 0; i < 5; i++) {
        const sample = text(next(40));
        const found = std.number("regexTest", regex, ascii(sample));
        expect([source, sample, found]).toEqual([source, sample, expected.test(sample) ? 1 : 0]);
      }
    }
    expect(faults).toBeGreaterThan(5);
  }
});
