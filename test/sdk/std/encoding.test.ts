import { beforeAll, describe, expect, test } from "vitest";
import { ascii, fromHex, isLinear, load, type Std, toHex } from "./harness.ts";

let std: Std;
beforeAll(async () => {
  std = await load("encoding");
});

describe("base64 of RFC 4648, section 10", () => {
  test.each([
    ["", "", "", ""],
    ["f", "Zg==", "Zg", "66"],
    ["fo", "Zm8=", "Zm8", "666f"],
    ["foo", "Zm9v", "Zm9v", "666f6f"],
    ["foob", "Zm9vYg==", "Zm9vYg", "666f6f62"],
    ["fooba", "Zm9vYmE=", "Zm9vYmE", "666f6f6261"],
    ["foobar", "Zm9vYmFy", "Zm9vYmFy", "666f6f626172"],
  ])("%j", (text, padded, url, hex) => {
    const bytes = ascii(text);
    expect(std.text("base64", bytes)).toBe(padded);
    expect(std.text("base64url", bytes)).toBe(url);
    expect(std.text("hex", bytes)).toBe(hex);
    expect(std.bytes("decodeBase64", padded)).toEqual(bytes);
    expect(std.bytes("decodeBase64url", url)).toEqual(bytes);
    expect(std.bytes("decodeHex", hex.toUpperCase())).toEqual(bytes);
  });

  test("every byte value survives both alphabets", () => {
    const bytes = Uint8Array.from({ length: 257 }, (_, i) => i);
    expect(std.text("base64", bytes)).toBe(Buffer.from(bytes).toString("base64"));
    expect(std.text("base64url", bytes)).toBe(Buffer.from(bytes).toString("base64url"));
    expect(std.bytes("decodeBase64", Buffer.from(bytes).toString("base64"))).toEqual(bytes);
    expect(std.bytes("decodeBase64url", Buffer.from(bytes).toString("base64url"))).toEqual(bytes);
  });

  test.each([
    "Z",
    "Zg",
    "Zg=",
    "Zh==",
    "Zm9=",
    "=",
    "==",
    "====",
    "Zg==Zg==",
    "Zg==\n",
    " Zg==",
    "Z-==",
    "Zm9v====",
    "Zm\u01009",
    "Zm9\uff10",
  ])("base64 refuses %j", (text) => {
    expect(std.bytes("decodeBase64", text)).toBeNull();
  });

  test.each(["Z", "Zg==", "Zh", "Zm9=", "Zm9", "+A", "/w", "Zm9vY", "Zm9v.", "Zm\n9"])(
    "base64url refuses %j",
    (text) => {
      expect(std.bytes("decodeBase64url", text)).toBeNull();
    },
  );

  test.each(["0", "0g", "0x00", " 00", "\u013000"])("hex refuses %j", (text) => {
    expect(std.bytes("decodeHex", text)).toBeNull();
  });
});

describe("UTF-8", () => {
  test.each(["", "a", "grün", "€", "𐍈", "日本語", "a𝄞b", "\u0000\uffff\u{10ffff}"])(
    "%j survives",
    (text) => {
      expect(std.bytes("encodeUtf8", text)).toEqual(ascii(text));
      expect(std.text("decodeUtf8", ascii(text))).toBe(text);
    },
  );

  test("half a surrogate pair becomes U+FFFD", () => {
    expect(toHex(std.bytes("encodeUtf8", "a\ud800b\udc00"))).toBe("61efbfbd62efbfbd");
  });

  test.each([
    ["80", "a lone continuation"],
    ["c0af", "an overlong slash"],
    ["c1bf", "an overlong letter"],
    ["e080af", "an overlong slash in three"],
    ["f08080af", "an overlong slash in four"],
    ["eda080", "a surrogate"],
    ["edbfbf", "another surrogate"],
    ["f4908080", "above U+10FFFF"],
    ["f5808080", "a start byte that is never one"],
    ["ff", "no byte of UTF-8"],
    ["c3", "cut after one"],
    ["e282", "cut after two"],
    ["f09f92", "cut after three"],
    ["c328", "no continuation"],
    ["e28228", "no third byte"],
    ["61616161616161616161ff", "broken after ASCII"],
  ])("%s is refused: %s", (hex) => {
    expect(std.text("decodeUtf8", fromHex(hex))).toBeNull();
    expect(std.number("isUtf8", fromHex(hex))).toBe(0);
  });

  test("agrees with the platform's decoder on random bytes", () => {
    let seed = 7;
    const next = (): number => (seed = (seed * 1103515245 + 12345) & 0x7fffffff) >> 8;
    const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
    const alphabet = [0x41, 0x7f, 0x80, 0xbf, 0xc2, 0xdf, 0xe0, 0xa0, 0xed, 0x9f, 0xf0, 0x90, 0xf4];
    for (let round = 0; round < 5000; round++) {
      const bytes = Uint8Array.from({ length: 1 + (next() % 6) }, () => alphabet[next() % 13]!);
      let expected: string | null = null;
      try {
        expected = strict.decode(bytes);
      } catch {
        expected = null;
      }
      expect(std.text("decodeUtf8", bytes)).toBe(expected);
    }
  });

  test("takes time linear in the input", () => {
    expect(isLinear(1 << 19, (n) => std.number("isUtf8", new Uint8Array(n).fill(0xc3)))).toBe(true);
    const text = ascii("ä€".repeat(1 << 17));
    expect(isLinear(1 << 18, (n) => std.text("decodeUtf8", text.subarray(0, n - (n % 5))))).toBe(
      true,
    );
  });
});
