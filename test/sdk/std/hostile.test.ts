/** Broken input to every parser: an answer each time, never a fault. */
import { beforeAll, describe, expect, test } from "vitest";
import { ascii, isLinear, load, type Std } from "./harness.ts";

let json: Std;
let jwt: Std;
let net: Std;
let crypto: Std;
let encoding: Std;
beforeAll(async () => {
  json = await load("json");
  jwt = await load("jwt");
  net = await load("net");
  crypto = await load("crypto");
  encoding = await load("encoding");
});

/** Numbers that are the same in every run. */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => ((state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff) >>> 8) % below;
}

/** Copies of the seeds with bytes changed, taken out, doubled or cut off. */
function* broken(seeds: string[], rounds: number): Generator<Uint8Array> {
  const next = numbers(11);
  for (let i = 0; i < rounds; i++) {
    let bytes = [...ascii(seeds[next(seeds.length)]!)];
    for (let change = next(4); change >= 0; change--) {
      const at = next(bytes.length + 1);
      const kind = next(5);
      if (kind === 0) bytes[at] = next(256);
      else if (kind === 1) bytes.splice(at, 1 + next(3));
      else if (kind === 2) bytes.splice(at, 0, ...bytes.slice(at, at + 1 + next(20)));
      else if (kind === 3) bytes.splice(at, 0, next(256));
      else bytes = bytes.slice(0, at);
    }
    yield Uint8Array.from(bytes.map((byte) => byte ?? 0));
  }
}

const latin = (bytes: Uint8Array): string => Buffer.from(bytes).toString("latin1");

describe("broken input", () => {
  const texts = [
    '{"a":[1,-2.5e3,"x\\u00e9\\ud83d\\ude00",{"b":null}],"c":{"d":true,"a":false},"é":""}',
    '[[[[1,2],[3]],{"a":{"a":{"a":[]}}}],"",0]',
    '{"messages":[{"role":"user","content":"hi"}],"model":"m"}',
  ];

  test("JSON is judged as the platform judges it, and searched and edited only if it is valid", () => {
    const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
    const path = json.keep("path", "$..a")!;
    let valid = 0;
    for (const bytes of broken(texts, 20000)) {
      const told = json.text("errorOf", bytes);
      let expected = true;
      try {
        const text = strict.decode(bytes);
        JSON.parse(text);
        // Half a surrogate pair is refused here and taken there.
        expected = !/\\u[dD][89a-fA-F]/.test(text) || told === "";
      } catch {
        expected = false;
      }
      expect([latin(bytes), told === ""]).toEqual([latin(bytes), expected]);
      const found = json.text("find", path, bytes, 100);
      if (!expected) expect(found).toBe("");
      const edited = json.text("edit", bytes, "remove $.a\nrename $.c z\ninsert $ k 1");
      if (!expected) expect(edited).toBeNull();
      else {
        JSON.parse(edited!);
        JSON.parse(json.text("rewrite", bytes)!);
        valid++;
      }
    }
    expect(valid).toBeGreaterThan(500);
  });

  test("tokens and key sets", () => {
    const b64 = (text: string): string => Buffer.from(text).toString("base64url");
    const key = `{"keys":[{"kty":"oct","kid":"a","k":"${b64("s".repeat(40))}"}]}`;
    const set = jwt.keep("keySet", ascii(key), true)!;
    const token = `${b64('{"alg":"HS256","kid":"a"}')}.${b64('{"sub":"me"}')}.${b64("x".repeat(32))}`;
    for (const bytes of broken([token], 5000)) {
      expect(jwt.text("verify", set, latin(bytes))).not.toBe("yes");
    }
    for (const bytes of broken(['{"alg":"HS256","kid":"a","typ":"JWT"}'], 5000)) {
      const header = Buffer.from(bytes).toString("base64url");
      expect(jwt.text("verify", set, `${header}.${b64("{}")}.AAAA`)).not.toBe("yes");
    }
    const keys = `{"keys":[{"kty":"RSA","n":"${"A".repeat(342)}","e":"AQAB"},{"kty":"EC","crv":"P-256","x":"AA","y":"AA"}]}`;
    for (const bytes of broken([key, keys], 5000)) jwt.text("keySetError", bytes, true);
    for (const bytes of broken(['{"exp":1,"nbf":1.5,"aud":["a"],"scope":"a b"}'], 5000)) {
      jwt.text("times", bytes, 1, 0, 5);
      jwt.number("hasAudience", bytes, "a");
      jwt.number("hasScope", bytes, "b");
    }
  });

  test("DER, PEM and signatures", () => {
    const next = numbers(5);
    for (let i = 0; i < 5000; i++) {
      const bytes = Uint8Array.from({ length: next(80) }, () => next(256));
      if (next(2)) bytes.set([0x30, bytes.length - 2, 0x30].slice(0, bytes.length));
      crypto.bytes("spkiAgain", bytes);
      crypto.bytes("toRaw", "P-256", bytes);
      crypto.bytes("toDer", "P-384", bytes);
    }
    const pem =
      "-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE\n-----END PUBLIC KEY-----";
    for (const bytes of broken([pem], 3000)) crypto.bytes("spkiOfPem", latin(bytes));
  });

  test("addresses, URLs, queries, cookies, globs and encodings", () => {
    const seeds = [
      "2001:db8::1/32",
      "10.0.0.1/8",
      "http://a.b:80/c?d=e#f",
      "a=%20&b=c+d",
      "a=1; b=2",
    ];
    for (const bytes of broken(seeds, 5000)) {
      const text = latin(bytes);
      net.text("ip", text);
      net.text("ipWithPort", text);
      net.keep("cidr", text);
      net.text("url", text);
      net.text("queryValues", text, "a");
      net.text("queryEdit", text, "set", "a", text);
      net.text("cookie", text, "a");
      net.text("decodePercent", text, true);
      const glob = net.keep("glob", text, 47);
      if (glob) net.number("globMatches", glob, text);
      encoding.bytes("decodeBase64", text);
      encoding.bytes("decodeBase64url", text);
      encoding.bytes("decodeHex", text);
      encoding.text("decodeUtf8", bytes);
    }
  });
});

describe("a mebibyte of hostile input takes time linear in it", () => {
  const linear = (
    std: () => Std,
    name: string,
    make: (n: number) => string | Uint8Array,
    ...rest: string[]
  ) => {
    const inputs = new Map([1 << 17, 1 << 18].map((n) => [n, make(n)]));
    return isLinear(1 << 17, (n) => std().number(name, inputs.get(n)!, ...rest));
  };

  test.each<[string, (n: number) => string]>([
    ["pairs", (n) => "a=1&".repeat(n / 4)],
    ["ampersands", (n) => "&".repeat(n)],
    ["percent signs", (n) => "%41".repeat(n / 3)],
  ])("a query of %s", (_, make) => {
    expect(linear(() => net, "queryValues", make, "b")).toBe(true);
  });

  test("cookies", () => {
    expect(
      linear(
        () => net,
        "cookie",
        (n) => "a=1; ".repeat(n / 5),
        "b",
      ),
    ).toBe(true);
    expect(
      linear(
        () => net,
        "cookie",
        (n) => ";".repeat(n),
        "b",
      ),
    ).toBe(true);
  });

  test("scopes and audiences", () => {
    const scopes = (n: number): Uint8Array => ascii(`{"scope":"${"a ".repeat(n / 2)}"}`);
    expect(linear(() => jwt, "hasScope", scopes, "b")).toBe(true);
    const audiences = (n: number): Uint8Array => ascii(`{"aud":[${'"a",'.repeat(n / 4)}"a"]}`);
    expect(linear(() => jwt, "hasAudience", audiences, "b")).toBe(true);
  });

  test("PEM", () => {
    expect(
      linear(
        () => crypto,
        "spkiOfPem",
        (n) => "-----BEGIN PUBLIC KEY-----".repeat(n / 26),
      ),
    ).toBe(true);
    const blocks = (n: number): string =>
      "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n".repeat(n / 60);
    expect(linear(() => crypto, "spkiOfPem", blocks)).toBe(true);
  });

  test("keys that are made to collide in no table", () => {
    const most = 1 << 30;
    const inputs = new Map<number, Uint8Array>();
    for (const n of [1 << 18, 1 << 19]) {
      const keys = Array.from({ length: n / 8 }, (_, i) => `"${(i * 65536).toString(36)}":0`);
      inputs.set(n, ascii(`{${keys.join()}}`));
    }
    expect(
      isLinear(1 << 18, (n) => json.text("errorUnder", inputs.get(n)!, 64, most, most, most, most)),
    ).toBe(true);
  });
});
