import { beforeAll, describe, expect, test } from "vitest";
import { ascii, isLinear, load, type Kept, type Std } from "./harness.ts";

let std: Std;
beforeAll(async () => {
  std = await load("regex");
});

function compile(pattern: string, flags = ""): Kept {
  const regex = std.keep("compile", pattern, flags);
  if (!regex) throw new Error(`${pattern}: ${std.text("problem", pattern, flags)}`);
  return regex;
}

const groups = (pattern: string, text: string, flags = ""): string | null =>
  std.text("groups", compile(pattern, flags), text);

describe("finds what RE2 finds", () => {
  test.each([
    ["abc", "xabcy", "1-4:abc|"],
    ["a*", "baaa", "0-0:|"],
    ["a+", "baaa", "1-4:aaa|"],
    ["a+?", "baaa", "1-2:a|"],
    ["a|ab", "ab", "0-1:a|"],
    ["ab|a", "ab", "0-2:ab|"],
    ["(a+)(b+)", "xaabby", "1-5:aabb|aa|bb|"],
    ["(a)|(b)", "b", "0-1:b|-|b|"],
    ["(a*)*", "aab", "0-2:aa|aa|"],
    ["(a*)+", "b", "0-0:||"],
    ["(?:(a)|b)*", "ab", "0-2:ab|a|"],
    ["^a$", "a", "0-1:a|"],
    ["^$", "", "0-0:|"],
    ["\\bfoo\\b", "a foo b", "2-5:foo|"],
    ["\\Boo", "foo", "1-3:oo|"],
    ["\\bfoo", "xfoo foo", "5-8:foo|"],
    ["(\\d{1,3})\\.(\\d{1,3})", "ip 10.255.1", "3-9:10.255|10|255|"],
    ["a{2}", "aaaaa", "0-2:aa|"],
    ["a{2,}?", "aaaaa", "0-2:aa|"],
    ["a{0,2}b", "aaab", "1-4:aab|"],
    ["x{", "ax{", "1-3:x{|"],
    ["x{,2}", "x{,2}", "0-5:x{,2}|"],
    ["[^a-c]+", "abcdef", "3-6:def|"],
    ["[]a]+", "]a]", "0-3:]a]|"],
    ["[a-]+", "-a-", "0-3:-a-|"],
    ["[[:alpha:]_]+", "12ab_3", "2-5:ab_|"],
    ["[[:^digit:]]+", "12ab3", "2-4:ab|"],
    ["[\\d.]+", "v1.2", "1-4:1.2|"],
    ["\\Qa.b*\\E+", "xa.b**", "1-6:a.b**|"],
    ["\\x41\\x{42}\\103", "ABC", "0-3:ABC|"],
    [".", "€", "0-1:€|"],
    ["^.$", "𝄞", "0-2:𝄞|"],
    ["[α-ω]+", "xαβγ", "1-4:αβγ|"],
    ["é|ü", "grün", "2-3:ü|"],
    ["(?P<v>v\\d)/(?<w>\\w+)", "/v1/pets", "1-8:v1/pets|v1|pets|"],
    ["a.c", "a\nc", null],
    ["(?s)a.c", "a\nc", "0-3:a\nc|"],
    ["(?m)^b$", "a\nb\nc", "2-3:b|"],
    ["^b$", "a\nb", null],
    ["a$", "a\n", null],
    ["(?U)a+", "aaa", "0-1:a|"],
    ["a(?i)b|c", "aB", "0-2:aB|"],
    ["(?i:a)b", "Ab", "0-2:Ab|"],
    ["(?i:a)b", "AB", null],
    ["(?i)straße", "STRAßE", "0-6:STRAßE|"],
    ["(?i)ÉΣж", "éςЖ", "0-3:éςЖ|"],
    ["(?i)k", "\u212a", "0-1:\u212a|"],
    ["(?i)[^k]", "K", null],
    ["", "abc", "0-0:|"],
    ["(|a)+", "aaa", "0-0:||"],
    ["a*b", "aab", "0-3:aab|"],
    ["\\z", "ab", "2-2:|"],
    ["\\Aab\\z", "ab", "0-2:ab|"],
    ["(foo|bar)baz$", "foobarbaz", "3-9:barbaz|bar|"],
    ["[^\\x00-\\x{10FFFF}]", "a", null],
  ])("%s in %j", (pattern, text, expected) => {
    expect(groups(pattern, text)).toBe(expected);
    const regex = compile(pattern);
    expect(std.number("test", regex, text)).toBe(expected === null ? 0 : 1);
    expect(std.number("testBytes", regex, ascii(text))).toBe(expected === null ? 0 : 1);
  });

  test("agrees with the platform's engine where the two mean the same", () => {
    let seed = 11;
    const next = (n: number): number => {
      seed = (Math.imul(seed, 1103515245) + 12345) & 0x7fffffff;
      return (seed >> 12) % n;
    };
    const pick = <T>(of: T[]): T => of[next(of.length)]!;
    const atom = (depth: number): string => {
      const kind = next(depth > 0 ? 9 : 5);
      if (kind < 3) return pick(["a", "b", "c", "ab"]);
      if (kind === 3) return pick([".", "[ab]", "[^a]", "\\w", "\\d"]);
      if (kind === 4) return pick(["^", "$", "\\b", "\\B", "a", "b"]);
      if (kind < 8) return `(${choice(depth - 1)})`;
      return `(?:${choice(depth - 1)})`;
    };
    const piece = (depth: number): string => {
      const one = atom(depth);
      // What may match nothing is not repeated: there the two differ on which way is preferred.
      if (/^(\^|\$|\\[bB]|ab)$/.test(one)) return one;
      if (one.startsWith("(") && /[*?^$]|\\b/i.test(one.replaceAll("(?:", "("))) return one;
      return one + pick(["", "", "", "*", "+", "?", "{2}", "{1,3}", "*?", "+?"]);
    };
    const sequence = (depth: number): string =>
      Array.from({ length: 1 + next(3) }, () => piece(depth)).join("");
    const choice = (depth: number): string =>
      Array.from({ length: 1 + next(2) }, () => sequence(depth)).join("|");
    for (let round = 0; round < 1500; round++) {
      const pattern = choice(2);
      // Groups in a repetition are reset by JavaScript alone: there, the whole match is compared.
      const regex = compile(pattern);
      const javascript = new RegExp(pattern, "u");
      for (let i = 0; i < 6; i++) {
        const text = Array.from({ length: next(9) }, () => pick(["a", "b", "c", " ", "1"])).join(
          "",
        );
        const theirs = javascript.exec(text);
        const ours = std.text("groups", regex, text)?.split(":")[0];
        const expected = theirs ? `${theirs.index}-${theirs.index + theirs[0].length}` : undefined;
        expect(`${pattern} in "${text}": ${ours}`).toBe(`${pattern} in "${text}": ${expected}`);
        expect(std.number("test", regex, text)).toBe(theirs ? 1 : 0);
      }
    }
  });

  test("finds a match wherever it begins after others that came to nothing", () => {
    for (const [pattern, text, expected] of [
      ["(ab)*c", "xababc", "1-6:ababc|ab|"],
      ["(ab)*d", "abababcabd", "7-10:abd|ab|"],
      ["a+b|c", "aaaaac", "5-6:c|"],
      ["\\w+@\\w+", "one two@ three@four five", "9-19:three@four|"],
      ["\\bb+\\b", "abb bb", "4-6:bb|"],
      ["(?m)^x", "a\nb\nx", "4-5:x|"],
    ] as const) {
      expect(groups(pattern, text)).toBe(expected);
      expect(groups(pattern, `${"- ".repeat(5000)}${text}`)?.split(":")[1]).toBe(
        expected.split(":")[1],
      );
    }
  });

  test("names groups", () => {
    const regex = compile("(?P<major>\\d+)\\.(?<minor>\\d+)");
    expect(std.text("named", regex, "v3.14", "minor")).toBe("14");
    expect(std.text("named", regex, "v3.14", "patch")).toBeNull();
  });
});

describe("refuses by name", () => {
  test.each([
    ["(?=a)", "lookahead `(?=` cannot be matched in linear time, at 0"],
    ["a(?!b)", "lookahead `(?!` cannot be matched in linear time, at 1"],
    ["(?<=a)", "lookbehind `(?<=` cannot be matched in linear time, at 0"],
    ["(?<!a)", "lookbehind `(?<!` cannot be matched in linear time, at 0"],
    ["(?>a)", "an atomic group `(?>` is not in RE2's syntax, at 0"],
    ["(a)\\1", "the back reference `\\1` cannot be matched in linear time, at 3"],
    ["\\pL", "the Unicode class `\\p` is not supported, at 0"],
    ["[\\P{Greek}]", "the Unicode class `\\P` is not supported, at 1"],
    ["\\C", "`\\C`, a single byte, is not supported, at 0"],
    ["\\Z", "`\\Z` is not in RE2's syntax, at 0"],
    ["a++", "a repetition repeats a repetition, at 2"],
    ["a**", "a repetition repeats a repetition, at 2"],
    ["*a", "`*` repeats nothing, at 0"],
    ["(a", "`(` is not closed, at 0"],
    ["a)", "`)` closes no group, at 1"],
    ["[a", "`[` is not closed, at 0"],
    ["[b-a]", "a range in a class is not valid, at 1"],
    ["[[:letter:]]", "there is no class [:letter:], at 1"],
    ["a{3,2}", "a repetition's limits are the wrong way round, at 1"],
    ["a{1001}", "a repetition counts above 1000, at 1"],
    ["\\", "the pattern ends with a backslash, at 0"],
    ["\\x{110000}", "`\\x` is not followed by two digits or {digits}, at 0"],
    ["((a{100}){100}){100}", "the pattern is too large, its repetitions multiply, at 0"],
    ["(?:".repeat(200), "groups nest deeper than 50, at 150"],
    ["(?P<a>.)(?P<a>.)", "two groups have the name a, at 8"],
    ["a".repeat(5000), "the pattern is longer than 4096 characters, at 0"],
  ])("%s", (pattern, reason) => {
    expect(std.text("problem", pattern, "")).toBe(reason);
    expect(std.keep("compile", pattern, "")).toBeNull();
  });

  test("random patterns compile or are refused, and never fault", () => {
    let seed = 3;
    const next = (n: number): number => {
      seed = (Math.imul(seed, 1103515245) + 12345) & 0x7fffffff;
      return (seed >> 12) % n;
    };
    const letters = "ab()[]{}|*+?^$.\\-:=!<>PQEpxdwsbB0123,\u00e9\ud834".split("");
    for (let round = 0; round < 4000; round++) {
      const pattern = Array.from({ length: next(14) }, () => letters[next(letters.length)]).join(
        "",
      );
      const problem = std.text("problem", pattern, "");
      if (problem === null) std.number("test", compile(pattern), "ab()éx");
      else expect(problem.length).toBeGreaterThan(5);
    }
  });
});

describe("replaces", () => {
  test.each([
    ["a", "banana", "o", "bonono"],
    ["(\\w+) (\\w+)", "hello world", "\\2 \\1", "world hello"],
    ["^/v1/(.*)$", "/v1/pets/7", "/api/\\1?old=\\0", "/api/pets/7?old=/v1/pets/7"],
    ["", "ab", "-", "-a-b-"],
    ["x*", "axb", "-", "-a--b-"],
    ["b*", "𝄞", "-", "-𝄞-"],
    ["c", "ab", "x", "ab"],
    ["a", "a", "\\\\1", "\\1"],
  ])("%s in %j by %j", (pattern, text, replacement, expected) => {
    expect(std.text("replaceAll", compile(pattern), text, replacement)).toBe(expected);
  });

  test("a replacement is checked against its pattern", () => {
    expect(std.text("problemOfReplacement", compile("(a)"), "\\1 \\0 \\\\")).toBeNull();
    expect(std.text("problemOfReplacement", compile("(a)"), "\\2")).toBe("there is no group \\2");
    expect(std.text("problemOfReplacement", compile("(a)"), "\\x")).toMatch(/neither a digit/);
  });

  test("gives up on a pattern that looks at the whole text for each match", () => {
    expect(std.text("replaceAll", compile("a.*b|a"), "a".repeat(100_000), "x")).toBeNull();
  });
});

describe("takes time linear in the text", () => {
  test.each([
    ["(a+)+$", "a", "b"],
    ["(a|a)*b", "a", ""],
    ["(.*)(.*)(.*)(.*)x", "a", ""],
    ["(a*)*b", "a", "c"],
    ["[a-z]*[a-z]*\\d", "ab", ""],
    ["(x|y|xy)*z\\b", "xy", " "],
    ["(a|b)*a(a|b){8}c", "aabab", ""],
    ["(a|b)*a(a|b){14}c", "aababbbab", ""],
  ])("%s on %j", (pattern, unit, tail) => {
    const regex = compile(pattern);
    const text = unit.repeat((1 << 20) / unit.length) + tail;
    const bytes = ascii(text);
    expect(
      isLinear(1 << 19, (n) => std.number("testBytes", regex, bytes.subarray(bytes.length - n))),
    ).toBe(true);
    expect(isLinear(1 << 16, (n) => std.text("groups", regex, text.slice(text.length - n)))).toBe(
      true,
    );
  });

  test("also on bytes that are not UTF-8", () => {
    const regex = compile("(\\W+)+\\d");
    expect(
      isLinear(1 << 19, (n) => std.number("testBytes", regex, new Uint8Array(n).fill(0xe2))),
    ).toBe(true);
  });
});
