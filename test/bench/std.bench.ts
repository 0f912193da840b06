/**
 * Throughput of sdk/std: `npx vitest run --config test/bench/std.config.ts`. Prints the best of
 * several runs: mebibytes a second for bodies, microseconds a call for what is done once a request.
 */
import { constants, generateKeyPairSync, sign } from "node:crypto";
import { test } from "vitest";
import { ascii, load, type Argument } from "../sdk/std/harness.ts";

const MEBIBYTE = 1 << 20;
const CALLS = 200;

function best(run: () => void): number {
  let least = Infinity;
  for (let i = 0; i < 12; i++) {
    const start = performance.now();
    run();
    least = Math.min(least, performance.now() - start);
  }
  return least;
}

test("throughput", async () => {
  const std = await load("bench");
  const row = (name: string, figure: string): void => console.log(`${name.padEnd(44)} ${figure}`);
  const body = (label: string, name: string, ...args: Argument[]): void => {
    const bytes = args.find((one) => one instanceof Uint8Array)!.length;
    const milliseconds = best(() => std.number(name, ...args));
    row(label, `${((bytes / MEBIBYTE / milliseconds) * 1000).toFixed(0).padStart(6)} MiB/s`);
  };
  const call = (label: string, times: number, name: string, ...args: Argument[]): void => {
    const milliseconds = best(() => std.number(name, ...args, times));
    row(label, `${((milliseconds / times) * 1000).toFixed(2).padStart(6)} µs`);
  };

  const chat = `{"role":"user","content":"${'A sentence of a chat, with \\"quotes\\". '.repeat(12)}"}`;
  const chats = ascii(`{"model":"m","messages":[${Array(2000).fill(chat).join()}]}`);
  const small = '{"id":12345,"name":"n","tags":["a","b"],"ok":true,"price":12.5}';
  const objects = ascii(`[${Array(16000).fill(small).join()}]`);
  body("JSON check, long strings", "jsonCheck", chats);
  body("JSON check, small objects", "jsonCheck", objects);
  body("JSON check, no key twice", "jsonUnique", objects);
  body("JSON check, 1 MiB of [", "jsonCheck", new Uint8Array(MEBIBYTE).fill(0x5b));
  body(
    "JSONPath $.messages[-1].content, with check",
    "jsonFind",
    std.keep("path", "$.messages[-1].content")!,
    chats,
  );
  body("JSONPath $..absent, with check", "jsonFind", std.keep("path", "$..absent")!, objects);
  body("UTF-8 check, ASCII", "utf8Check", new Uint8Array(MEBIBYTE).fill(0x61));
  body("UTF-8 check, two bytes each", "utf8Check", ascii("é".repeat(MEBIBYTE / 2)));
  body("UTF-8 to text, ASCII", "utf8Decode", new Uint8Array(MEBIBYTE).fill(0x61));
  body("base64url", "toBase64", new Uint8Array(MEBIBYTE));
  body("SHA-1", "sha", 1, new Uint8Array(MEBIBYTE));
  body("SHA-256", "sha", 256, new Uint8Array(MEBIBYTE));
  body("SHA-512", "sha", 512, new Uint8Array(MEBIBYTE));
  for (const pattern of [
    "(a+)+$",
    "^/v1/[^/]+/pets$",
    "error|warning|fatal",
    "\\b\\w+@\\w+\\.com\\b",
  ]) {
    const text = ascii("aaaaaaa bbbb /v1/".repeat(MEBIBYTE / 17));
    body(`regex ${pattern}`, "regexBytes", std.keep("regex", pattern)!, text);
  }

  const prose = `${"A line of prose without anything in it. ".repeat(100)}me@example.com `;
  body(
    "regex, addresses in text replaced",
    "replaceBody",
    std.keep("regex", "[\\w.+-]+@[\\w.-]+\\.[a-z]{2,}")!,
    ascii(prose.repeat(MEBIBYTE / prose.length)),
  );

  const part = (text: string): string => Buffer.from(text).toString("base64url");
  const payload =
    '{"iss":"https://id.example","sub":"me","aud":["a","b"],"exp":99999999999,"scope":"read write"}';
  const token = `${part('{"alg":"RS256","kid":"k1","typ":"JWT"}')}.${part(payload)}.${"A".repeat(342)}`;
  call("base64url, 342 letters to bytes", CALLS, "fromBase64", "A".repeat(342));
  call("token parsed and its times checked", CALLS, "token", token);
  call("HMAC-SHA-256 of 128 bytes", CALLS, "hmac", new Uint8Array(128));
  call(
    "regex on a path of 32",
    CALLS,
    "regexTest",
    std.keep("regex", "^/v1/([^/]+)/pets$")!,
    "/v1/a-tenant-of-some-length/pets",
  );
  call(
    "regex, a path rewritten with two groups",
    CALLS,
    "replace",
    std.keep("regex", "^/v1/([^/]+)/(.*)$")!,
    "/v1/a-tenant-of-some-length/pets",
    "/\\2/of/\\1",
  );
  for (const source of [
    "path.startsWith('/v1/') && path != '/v1/health'",
    "path.matches('^/v[0-9]+/pets') ? path.size() < 100 : path in ['/a', '/b']",
  ]) {
    const expression = std.keep("condition", source)!;
    call(`CEL ${source}`, CALLS, "evaluate", expression, "/v1/pets/7/owners");
  }
  call("query of 4 pairs", CALLS, "query", "page=2&size=20&sort=name%20asc&id=7");
  call("address in a network", CALLS, "contains", std.keep("cidr", "10.0.0.0/8")!, "10.1.2.3");
  for (const modulusLength of [2048, 4096]) {
    const pair = generateKeyPairSync("rsa", { modulusLength });
    const spki = new Uint8Array(pair.publicKey.export({ format: "der", type: "spki" }));
    const padding = constants.RSA_PKCS1_PSS_PADDING;
    const saltLength = constants.RSA_PSS_SALTLEN_DIGEST;
    const signature = sign("sha256", ascii("text"), { key: pair.privateKey, padding, saltLength });
    const key = std.keep("rsa", spki)!;
    call(`PS256, ${modulusLength} bits`, 50, "pss", key, ascii("text"), new Uint8Array(signature));
  }
});
