import { isIPv6 } from "node:net";
import { beforeAll, describe, expect, test } from "vitest";
import { isLinear, load, type Std } from "./harness.ts";

let std: Std;
beforeAll(async () => {
  std = await load("net");
});

describe("addresses", () => {
  test.each([
    ["1.2.3.4", "1.2.3.4"],
    ["255.255.255.255", "255.255.255.255"],
    ["::", "::"],
    ["::1", "::1"],
    ["1::", "1::"],
    ["2001:DB8::1", "2001:db8::1"],
    ["2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"],
    ["2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"],
    ["0:0:1:0:0:0:1:0", "0:0:1::1:0"],
    ["::ffff:1.2.3.4", "1.2.3.4"],
    ["::FFFF:102:304", "1.2.3.4"],
    ["64:ff9b::1.2.3.4", "64:ff9b::102:304"],
    ["1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8"],
    ["1:2:3:4:5:6:1.2.3.4", "1:2:3:4:5:6:102:304"],
    ["1::3:4:5:6:7:8", "1:0:3:4:5:6:7:8"],
  ])("%s is %s", (text, canonical) => {
    expect(std.text("ip", text)).toBe(canonical);
  });

  test.each([
    "",
    "1.2.3",
    "1.2.3.4.5",
    "1.2.3.256",
    "01.2.3.4",
    "1.2.3.04",
    "0x1.2.3.4",
    "1.2.3.4 ",
    "1.2.3.",
    "1..3.4",
    ":",
    ":::",
    "1:",
    ":1",
    "1::2::3",
    "1:2:3:4:5:6:7",
    "1:2:3:4:5:6:7:8:9",
    "1:2:3:4:5:6:7:8::",
    "1::3:4:5:6:7:8:9",
    "12345::",
    "g::",
    "fe80::1%eth0",
    "::1.2.3",
    "1.2.3.4::",
    "::1.2.3.4:5",
    "1:2:3:4:5:6:7:1.2.3.4",
  ])("%j is no address", (text) => {
    expect(std.text("ip", text)).toBeNull();
  });

  test("judges random texts as the platform does", () => {
    let seed = 3;
    const next = (n: number): number =>
      ((seed = (seed * 1103515245 + 12345) & 0x7fffffff) >> 8) % n;
    for (let i = 0; i < 5000; i++) {
      const parts = Array.from(
        { length: 1 + next(9) },
        () => ["", "", "0", "1", "ab", "ffff"][next(6)]!,
      );
      const text = parts.join(":");
      expect([text, std.text("ip", text) !== null]).toEqual([text, isIPv6(text)]);
    }
  });

  test.each([
    ["1.2.3.4:80", "1.2.3.4"],
    ["[::1]:80", "::1"],
    ["[::1]", "::1"],
    ["::1", "::1"],
    ["[::1", null],
    ["[::1]80", null],
  ])("with a port: %s", (text, address) => {
    expect(std.text("ipWithPort", text)).toBe(address);
  });

  test.each([
    ["10.0.0.0/8", "10.255.0.1", 1],
    ["10.0.0.0/8", "11.0.0.1", 0],
    ["10.1.2.3/8", "10.9.9.9", 1],
    ["0.0.0.0/0", "1.2.3.4", 1],
    ["0.0.0.0/0", "::1", 0],
    ["1.2.3.4", "1.2.3.4", 1],
    ["1.2.3.4/32", "1.2.3.5", 0],
    ["1.2.3.4/31", "1.2.3.5", 1],
    ["10.0.0.0/8", "::ffff:10.1.1.1", 1],
    ["::ffff:10.0.0.0/104", "10.1.1.1", 1],
    ["2001:db8::/32", "2001:db8:ffff::1", 1],
    ["2001:db8::/32", "2001:db9::1", 0],
    ["::/0", "2001:db9::1", 1],
    ["2001:db8::/64", "2001:db8:0:0:ffff::", 1],
    ["2001:db8::/65", "2001:db8:0:0:8000::", 0],
    ["::1/128", "::1", 1],
    ["::1/128", "::2", 0],
  ])("%s contains %s: %i", (cidr, address, expected) => {
    expect(std.number("contains", std.keep("cidr", cidr)!, address)).toBe(expected);
  });

  test.each([
    "",
    "1.2.3.4/33",
    "1.2.3.4/",
    "1.2.3.4/-1",
    "1.2.3.4/08",
    "::/129",
    "::ffff:0:0/95",
    "a/8",
    "1.2.3.4/8/8",
  ])("%j is no network", (text) => {
    expect(std.keep("cidr", text)).toBeNull();
  });
});

describe("globs", () => {
  test.each([
    ["*", "", 1],
    ["*", "abc", 1],
    ["*", "a/b", 0],
    ["**", "a/b", 1],
    ["/v1/*", "/v1/pets", 1],
    ["/v1/*", "/v1/pets/1", 0],
    ["/v1/**", "/v1/pets/1", 1],
    ["/*/pets/**", "/v1/pets/", 1],
    ["a?c", "abc", 1],
    ["a?c", "a/c", 0],
    ["a*b*c", "aXbYbZc", 1],
    ["a*b*c", "aXbYbZ", 0],
    ["a\\*c", "a*c", 1],
    ["a\\*c", "abc", 0],
    ["", "", 1],
    ["", "a", 0],
    ["a.c", "abc", 0],
    ["*.example.com", "www.example.com", 1],
  ])("%s against %s: %i", (pattern, text, expected) => {
    expect(std.number("globMatches", std.keep("glob", pattern, 47)!, text)).toBe(expected);
  });

  test("a backslash at the end is refused", () => {
    expect(std.keep("glob", "a\\", 47)).toBeNull();
  });

  test("time is linear in the text", () => {
    const glob = std.keep("glob", "*a*a*a*a*a*a*b", 0)!;
    expect(isLinear(1 << 16, (n) => std.number("globMatches", glob, "a".repeat(n)))).toBe(true);
  });
});

describe("URLs", () => {
  test.each([
    ["/a/b?c=d#e", "  0 /a/b c=d e"],
    ["/a", "  0 /a - -"],
    ["/a?", "  0 /a  -"],
    ["/a?b?c", "  0 /a b?c -"],
    ["//evil/a", "  0 //evil/a - -"],
    ["HTTP://Host:8080/p?q", "http Host 8080 /p q -"],
    ["https://host", "https host 0  - -"],
    ["https://host?x", "https host 0  x -"],
    ["https://[::1]:443/", "https [::1] 443 / - -"],
    ["https://[::1]/", "https [::1] 0 / - -"],
    ["https://h/a:b@c", "https h 0 /a:b@c - -"],
  ])("%s", (text, parts) => {
    expect(std.text("url", text)).toBe(parts);
  });

  test.each([
    "",
    "a",
    "http:/a",
    "http://",
    "http:///a",
    "://a",
    "1http://a",
    "http://a:b",
    "http://a:",
    "http://a:0",
    "http://a:65536",
    "http://user@host",
    "http://user:pw@host",
    "http://[::1",
    "http://::1",
    "http://a b",
    "http://a\\b",
    "/a\nb",
    "#://a",
  ])("%j is refused", (text) => {
    expect(std.text("url", text)).toBeNull();
  });

  test.each([
    ["a%20b", "a b"],
    ["%C3%A4%e2%82%ac", "ä€"],
    ["a+b", "a+b"],
    ["%", null],
    ["%2", null],
    ["%zz", null],
    ["%ff", null],
    ["%c0%af", null],
  ])("decodes %s", (text, decoded) => {
    expect(std.text("decodePercent", text, false)).toBe(decoded);
  });

  test("encodes as encodeURIComponent does, and more", () => {
    expect(std.text("encodePercent", "a b&=/?ä€😀-._~")).toBe(
      encodeURIComponent("a b&=/?ä€😀-._~"),
    );
    expect(std.text("encodePercent", "!'()*")).toBe("%21%27%28%29%2A");
  });
});

describe("queries", () => {
  test.each([
    ["a=1&b=2&a=3", "a", "[1|3]"],
    ["a=1&b", "b", "[]"],
    ["a=x=y", "a", "[x=y]"],
    ["a+b=c+d", "a b", "[c d]"],
    ["%61=%62", "a", "[b]"],
    ["", "a", "none"],
    ["=v", "", "[v]"],
    ["a=%zz&a=1", "a", "[1]"],
  ])("%s: %s is %s", (text, name, values) => {
    expect(std.text("queryValues", text, name)).toBe(values);
  });

  test.each([
    ["a=1&b=2&a=3", "set", "a", "x y", "a=x%20y&b=2"],
    ["a=1&B=%7e", "set", "c", "ä", "a=1&B=%7e&c=%C3%A4"],
    ["a=1&b=2&a=3", "add", "a", "4", "a=1&b=2&a=3&a=4"],
    ["a=1&b=2&a=3", "remove", "a", "", "b=2"],
    ["a=1&&x=%zz", "remove", "a", "", "x=%zz"],
    ["a", "remove", "a", "", ""],
  ])("%s: %s %s %s gives %s", (text, act, name, value, result) => {
    expect(std.text("queryEdit", text, act, name, value)).toBe(result);
  });
});

describe("cookies", () => {
  test.each([
    ["a=1; b=2", "b", "2"],
    ["a=1;b=2", "b", "2"],
    ["a=1; a=2", "a", "1"],
    ['a="q v"', "a", "q v"],
    ["a=x=y", "a", "x=y"],
    ["a; b=2", "a", null],
    ["aa=1", "a", null],
    ["b=a=1", "a", null],
    ["", "a", null],
    ["A=1", "a", null],
  ])("%j: %s", (header, name, value) => {
    expect(std.text("cookie", header, name)).toBe(value);
  });

  test("one is taken out", () => {
    expect(std.text("cookiesWithout", "a=1; b=2;a=3; c", "a")).toBe("b=2; c");
    expect(std.text("cookiesWithout", "a=1", "a")).toBe("");
  });
});

describe("paths that were put together", () => {
  test.each(["/", "/a", "/a/", "/a//b", "/...", "/.a/b.", "/%41%c3%bc", "/a;b=c,d@e:f{g}|"])(
    "%s may go on",
    (path) => expect(std.text("problemOfPath", path)).toBeNull(),
  );

  test.each([
    ["", "does not begin with a slash"],
    ["a/b", "does not begin with a slash"],
    ["/.", "has a segment of dots"],
    ["/a/..", "has a segment of dots"],
    ["/a/../b", "has a segment of dots"],
    ["/%2e%2E/b", "has a segment of dots"],
    ["/.%2e/b", "has a segment of dots"],
    ["/a%", "has a % without two hexadecimal digits"],
    ["/a%4", "has a % without two hexadecimal digits"],
    ["/a%g0", "has a % without two hexadecimal digits"],
    ["/a%\u01310", "has a % without two hexadecimal digits"],
    ["/a%2fb", "has an encoded slash, backslash or control"],
    ["/a%5Cb", "has an encoded slash, backslash or control"],
    ["/a%00", "has an encoded slash, backslash or control"],
    ["/a%0a", "has an encoded slash, backslash or control"],
    ["/a%7f", "has an encoded slash, backslash or control"],
    ["/a b", "has a character that stands in no path"],
    ["/a\\b", "has a character that stands in no path"],
    ["/a?b", "has a character that stands in no path"],
    ["/a#b", "has a character that stands in no path"],
    ["/a\nb", "has a character that stands in no path"],
    ["/\u00fc", "has a character that stands in no path"],
  ])("%j may not: it %s", (path, problem) => expect(std.text("problemOfPath", path)).toBe(problem));

  test("a query may be behind a path", () => {
    expect(std.text("problemOfTarget", "/a?b=%zz&c?d")).toBeNull();
    expect(std.text("problemOfTarget", "/a?b c")).toBe("has a character that stands in no query");
    expect(std.text("problemOfTarget", "/a?b\r\nc")).toBe(
      "has a character that stands in no query",
    );
    expect(std.text("problemOfTarget", "/..?b")).toBe("has a segment of dots");
  });

  test.each([
    ["/", "/a", "/a"],
    ["/x", "/a", "/x/a"],
    ["/x/", "/a", "/x/a"],
    ["/x", "a", "/x/a"],
    ["/x", "", "/x"],
  ])("%s and %j are joined with one slash", (prefix, rest, joined) =>
    expect(std.text("joinPath", prefix, rest)).toBe(joined),
  );
});

describe("header fields that a policy sets", () => {
  test.each(["x-a", "X-A_b", "content-type", "set-cookie"])("%s may be set", (name) =>
    expect(std.text("problemOfField", name, "a\tb \u00fc")).toBeNull(),
  );

  test.each([
    ["Content-Length", "1", "content-length is set by the gateway itself"],
    ["transfer-encoding", "chunked", "transfer-encoding is set by the gateway itself"],
    ["Connection", "close", "connection is set by the gateway itself"],
    ["HOST", "a", "host is changed by the policy host-rewrite"],
    [":path", "/", "a header cannot be called :path"],
    ["", "a", "a header cannot be called "],
    ["a b", "a", "a header cannot be called a b"],
    ["X-Sluice-Request", "a", "x-sluice-request belongs to the gateway"],
    ["x-target-upstream", "a", "x-target-upstream belongs to the gateway"],
    ["x-a", "b\nc", "the value of x-a has a line break or a NUL in it"],
    ["x-a", "b\rc", "the value of x-a has a line break or a NUL in it"],
    ["x-a", "b\0c", "the value of x-a has a line break or a NUL in it"],
  ])("%j may not be %j", (name, value, problem) =>
    expect(std.text("problemOfField", name, value)).toBe(problem),
  );
});
