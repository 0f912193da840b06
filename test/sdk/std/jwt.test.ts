import {
  constants,
  createHmac,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
  verify,
} from "node:crypto";
import { beforeAll, describe, expect, test } from "vitest";
import { ascii, fromHex, type Kept, load, type Std } from "./harness.ts";

let std: Std;
beforeAll(async () => {
  std = await load("jwt");
});

const b64 = (value: string | Uint8Array): string => Buffer.from(value).toString("base64url");
const json = (value: unknown): string => b64(JSON.stringify(value));

function keys(set: unknown, secrets = false): Kept {
  return std.keep("keySet", ascii(JSON.stringify(set)), secrets)!;
}

/** What the gateway would say, the host's part answered by the platform. */
function verdict(set: Kept, token: string): string {
  const said = std.text("verify", set, token) ?? "";
  if (!said.endsWith("\n")) return said;
  const holds = said
    .trim()
    .split("\n")
    .some((question) => {
      const [hash, key, signature, text] = question.split(" ") as [string, string, string, string];
      const publicKey = createPublicKey({
        key: Buffer.from(key, "hex"),
        format: "der",
        type: "spki",
      });
      return verify(hash, fromHex(text), publicKey, fromHex(signature));
    });
  return holds ? "yes" : "no";
}

const claims =
  "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
const secretJwk = {
  kty: "oct",
  k: "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow",
};
const rsaJwk = {
  kty: "RSA",
  n:
    "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS" +
    "-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2C" +
    "apHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb5" +
    "4h4FRWyuXpoQ",
  e: "AQAB",
};

describe("the examples of RFC 7515, appendix A", () => {
  test.each<[string, unknown, string]>([
    [
      "A.1, HS256",
      secretJwk,
      `eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.${claims}.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk`,
    ],
    [
      "A.2, RS256",
      rsaJwk,
      `eyJhbGciOiJSUzI1NiJ9.${claims}.` +
        "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr" +
        "7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--x" +
        "i12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_Ioy" +
        "pGlUPQGe77Rw",
    ],
    [
      "A.3, ES256",
      {
        kty: "EC",
        crv: "P-256",
        x: "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
        y: "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
      },
      `eyJhbGciOiJFUzI1NiJ9.${claims}.` +
        "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q",
    ],
    [
      "A.4, ES512",
      {
        kty: "EC",
        crv: "P-521",
        x: "AekpBQ8ST8a8VcfVOTNl353vSrDCLLJXmPk06wTjxrrjcBpXp5EOnYG_NjFZ6OvLFV1jSfS9tsz4qUxcWceqwQGk",
        y: "ADSmRA43Z1DSNx_RvcLI87cdL07l6jQyyBXMoxVg_l2Th-x3S1WDhjDly79ajL4Kkd0AZMaZmh9ubmf63e3kyMj2",
      },
      "eyJhbGciOiJFUzUxMiJ9.UGF5bG9hZA." +
        "AdwMgeerwtHoh-l192l60hp9wAHZFVJbLfD_UxMi70cwnZOYaRI1bKPWROc-mZZqwqT2SI-KGDKB34XO0aw_7XdtAG8GaSwFKdCAPZgoXD2YBJZ" +
        "CPEX3xKpRwcdOO8KpEHwJjyqOgzDO7iKvU8vcnwNrmxYbSW9ERBXukOXolLzeO_Jn",
    ],
  ])("%s", (_, jwk, token) => {
    const set = keys({ keys: [jwk] }, true);
    expect(verdict(set, token)).toBe("yes");
    const [header, payload, signature] = token.split(".") as [string, string, string];
    expect(verdict(set, `${header}.${payload.slice(0, -4)}AAAA.${signature}`)).toBe("no");
    const other = (signature[5] === "A" ? "B" : "A") as string;
    expect(
      verdict(set, `${header}.${payload}.${signature.slice(0, 5)}${other}${signature.slice(6)}`),
    ).toBe("no");
  });

  test("A.5, a token without a signature, is refused", () => {
    expect(verdict(keys(secretJwk, true), `eyJhbGciOiJub25lIn0.${claims}.`)).toBe(
      "refused: it has no signature",
    );
  });
});

describe("every algorithm with keys of its own", () => {
  const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const curves: Record<string, string> = { ES256: "P-256", ES384: "P-384", ES512: "P-521" };

  const signed = (alg: string, key: KeyObject | Buffer, header: object = {}): string => {
    const text = `${json({ alg, ...header })}.${json({ sub: "me" })}`;
    const hash = `sha${alg.slice(2)}`;
    if (Buffer.isBuffer(key)) {
      return `${text}.${createHmac(hash, key).update(text).digest("base64url")}`;
    }
    if (alg.startsWith("ES")) {
      return `${text}.${b64(sign(hash, ascii(text), { key, dsaEncoding: "ieee-p1363" }))}`;
    }
    if (!alg.startsWith("PS")) return `${text}.${b64(sign(hash, ascii(text), key))}`;
    const padding = constants.RSA_PKCS1_PSS_PADDING;
    const saltLength = constants.RSA_PSS_SALTLEN_DIGEST;
    return `${text}.${b64(sign(hash, ascii(text), { key, padding, saltLength }))}`;
  };

  test.each(["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"])("%s", (alg) => {
    const jwk = rsa.publicKey.export({ format: "jwk" });
    expect(verdict(keys({ keys: [jwk] }), signed(alg, rsa.privateKey))).toBe("yes");
    expect(verdict(keys({ keys: [{ ...jwk, alg }] }), signed(alg, rsa.privateKey))).toBe("yes");
    expect(verdict(keys({ keys: [{ ...jwk, alg: "XX" }] }), signed(alg, rsa.privateKey))).toBe(
      "no key",
    );
    expect(verdict(keys({ keys: [rsaJwk] }), signed(alg, rsa.privateKey))).toBe("no");
  });

  test.each(["ES256", "ES384", "ES512"])("%s", (alg) => {
    const pair = generateKeyPairSync("ec", { namedCurve: curves[alg]! });
    const jwk = pair.publicKey.export({ format: "jwk" });
    expect(verdict(keys({ keys: [jwk] }), signed(alg, pair.privateKey))).toBe("yes");
    const [header, payload] = signed(alg, pair.privateKey).split(".");
    const size = alg === "ES256" ? 64 : alg === "ES384" ? 96 : 132;
    for (const signature of [
      new Uint8Array(size),
      new Uint8Array(size).fill(0xff),
      new Uint8Array(size - 1).fill(1),
      new Uint8Array(size + 1).fill(1),
      sign(`sha${alg.slice(2)}`, ascii(`${header}.${payload}`), pair.privateKey),
    ]) {
      expect(verdict(keys({ keys: [jwk] }), `${header}.${payload}.${b64(signature)}`)).toBe("no");
    }
  });

  test.each(["HS256", "HS384", "HS512"])("%s, and no secret shorter than its hash", (alg) => {
    for (const size of [32, 48, 64]) {
      const secret = Buffer.alloc(size, 7);
      const set = keys({ keys: [{ kty: "oct", k: b64(secret) }] }, true);
      expect(verdict(set, signed(alg, secret))).toBe(
        size * 8 >= Number(alg.slice(2)) ? "yes" : "no key",
      );
    }
  });

  test("a public key is no secret: HS256 signed with its PEM, DER or modulus", () => {
    const jwk = rsa.publicKey.export({ format: "jwk" });
    const set = keys({ keys: [jwk] }, true);
    for (const secret of [
      Buffer.from(rsa.publicKey.export({ type: "spki", format: "pem" })),
      rsa.publicKey.export({ type: "spki", format: "der" }),
      Buffer.from(jwk.n!, "base64url"),
    ]) {
      expect(verdict(set, signed("HS256", secret))).toBe("no key");
    }
  });

  test("a secret in a fetched set does not count", () => {
    const secret = Buffer.alloc(32, 7);
    const set = keys({ keys: [{ kty: "oct", k: b64(secret) }] }, false);
    expect(verdict(set, signed("HS256", secret))).toBe("no key");
  });

  test("keys that a token brings are not read", () => {
    const evil = generateKeyPairSync("rsa", { modulusLength: 2048 });
    const jwk = evil.publicKey.export({ format: "jwk" });
    const set = keys({ keys: [rsa.publicKey.export({ format: "jwk" })] });
    for (const header of [
      { jwk },
      { jku: "https://evil.example/keys" },
      { x5u: "https://evil.example/cert" },
      { x5c: ["AAAA"] },
    ]) {
      expect(verdict(set, signed("RS256", evil.privateKey, header))).toBe("no");
      expect(verdict(set, signed("RS256", rsa.privateKey, header))).toBe("yes");
    }
  });

  test("a kid picks the key and is nothing but a text to compare", () => {
    const other = generateKeyPairSync("rsa", { modulusLength: 2048 });
    const set = keys({
      keys: [
        { ...other.publicKey.export({ format: "jwk" }), kid: "a" },
        { ...rsa.publicKey.export({ format: "jwk" }), kid: "b" },
      ],
    });
    expect(verdict(set, signed("RS256", rsa.privateKey, { kid: "b" }))).toBe("yes");
    expect(verdict(set, signed("RS256", rsa.privateKey))).toBe("yes");
    expect(verdict(set, signed("RS256", rsa.privateKey, { kid: "a" }))).toBe("no");
    for (const kid of ["", "B", "../../dev/null", "b' OR '1'='1", "b\u0000", " b"]) {
      expect(verdict(set, signed("RS256", rsa.privateKey, { kid }))).toBe("no key");
    }
    for (const kid of [1, null, ["b"], { b: 1 }, "x".repeat(257)]) {
      expect(verdict(set, signed("RS256", rsa.privateKey, { kid }))).toBe(
        "refused: its kid is not a short text",
      );
    }
  });
});

describe("tokens that are refused before any key", () => {
  const body = json({ sub: "me" });
  const problem = (header: string, rest = `.${body}.AAAA`): string | null =>
    std.text("problem", b64(header) + rest);

  test.each([
    "none",
    "None",
    "NONE",
    "nOnE",
    " none",
    "none ",
    "none\u0000",
    "",
    "hs256",
    "Hs256",
    "HS256 ",
    "HS257",
    "HS1",
    "EdDSA",
    "ES256K",
    "RSA1_5",
    "dir",
  ])("alg %j", (alg) => {
    expect(problem(JSON.stringify({ alg }))).toBe("its algorithm is not supported");
  });

  test.each<[string, string]>([
    ["{}", "its algorithm is not supported"],
    ['{"alg":null}', "its algorithm is not supported"],
    ['{"alg":["HS256"]}', "its algorithm is not supported"],
    ['{"ALG":"HS256"}', "its algorithm is not supported"],
    ['{"alg":"none","alg":"HS256"}', "its header is not valid JSON"],
    ['{"alg":"HS256","\\u0061lg":"none"}', "its header is not valid JSON"],
    ['{"alg":"HS256","crit":["exp"]}', "it has critical extensions"],
    ['{"alg":"HS256","crit":[]}', "it has critical extensions"],
    ['{"alg":"HS256","b64":false}', "it has a b64 header"],
    ['{"alg":"HS256"', "its header is not valid JSON"],
    ['{"alg":"HS256"}x', "its header is not valid JSON"],
    ['\ufeff{"alg":"HS256"}', "its header is not valid JSON"],
    ['["HS256"]', "its header is not an object"],
    ['"HS256"', "its header is not an object"],
    [`{"alg":"HS256","x":${"[".repeat(16)}${"]".repeat(16)}}`, "its header is not valid JSON"],
    ['{"alg":"HS256"}', ""],
  ])("header %s: %s", (header, error) => {
    expect(problem(header)).toBe(error);
  });

  test.each([
    ["", "it does not have three parts"],
    ["a.b", "it does not have three parts"],
    ["a.b.c.d", "it does not have three parts"],
    ["a.b.c.d.e", "it does not have three parts"],
    ["..", "it has no signature"],
    [`${json({ alg: "HS256" })}.${body}.`, "it has no signature"],
    [`${json({ alg: "HS256" })}.${body}.AAAA=`, "a part is not base64url"],
    [`${json({ alg: "HS256" })}.${body}.AAA=`, "a part is not base64url"],
    [`${json({ alg: "HS256" })}.${body}.AB`, "a part is not base64url"],
    [`${json({ alg: "HS256" })}.${body}.AA+/`, "a part is not base64url"],
    [`${json({ alg: "HS256" })}.${body}.AAAA\n`, "a part is not base64url"],
    [` ${json({ alg: "HS256" })}.${body}.AAAA`, "a part is not base64url"],
    [`${json({ alg: "HS256" })}.${body}.AAA\uff21`, "a part is not base64url"],
    ["A".repeat(16385), "it is too long"],
  ])("%.40j: %s", (token, error) => {
    expect(std.text("problem", token)).toBe(error);
  });
});

describe("key sets", () => {
  test.each<[unknown, string]>([
    [{ keys: [] }, " 0"],
    [rsaJwk, " 1"],
    [{ keys: [rsaJwk, { kty: "OKP", crv: "Ed25519", x: "AA" }] }, "its kty is not supported 1"],
    [{ keys: [{ ...rsaJwk, use: "enc", kid: "k" }] }, "k: its use is not sig 0"],
    [{ keys: [{ ...rsaJwk, key_ops: ["sign"] }] }, "its key_ops do not have verify 0"],
    [{ keys: [{ ...rsaJwk, key_ops: ["verify"] }] }, " 1"],
    [{ keys: [{ ...rsaJwk, alg: 1 }] }, "its alg is no text 0"],
    [{ keys: [{ ...rsaJwk, e: "AQ" }] }, "not an RSA key of 2048 to 4096 bits 0"],
    [{ keys: [{ ...rsaJwk, e: "AQAA" }] }, "not an RSA key of 2048 to 4096 bits 0"],
    [{ keys: [{ ...rsaJwk, n: rsaJwk.n.slice(0, 170) }] }, "not an RSA key of 2048 to 4096 bits 0"],
    [{ keys: [{ ...rsaJwk, n: `AAAA${rsaJwk.n}` }] }, "not an RSA key of 2048 to 4096 bits 0"],
    [{ keys: [{ ...rsaJwk, n: `${rsaJwk.n}=` }] }, "not an RSA key of 2048 to 4096 bits 0"],
    [
      { keys: [{ kty: "EC", crv: "P-256", x: "AA", y: "AA" }] },
      "not a point of P-256, P-384 or P-521 0",
    ],
    [{ keys: [{ kty: "oct", k: b64("short") }] }, "secrets are not taken from here 0"],
    [{ keys: ["x"] }, "a key is not an object 0"],
    [{ keys: {} }, "keys is not an array 0"],
    [{ keys: Array(101).fill({}) }, "more than 100 keys 0"],
    [{}, "neither a key set nor a key 0"],
    [[], "neither a key set nor a key 0"],
  ])("%.60j", (set, told) => {
    expect(std.text("keySetError", ascii(JSON.stringify(set)), false)).toBe(told);
  });

  test("a short secret and broken JSON are refused", () => {
    const short = JSON.stringify({ kty: "oct", k: b64("short") });
    expect(std.text("keySetError", ascii(short), true)).toBe("its secret has less than 256 bits 0");
    expect(std.text("keySetError", ascii('{"keys":[]'), true)).toMatch(/^not valid JSON/);
    expect(std.text("keySetError", ascii('{"keys":[],"keys":[]}'), true)).toMatch(
      /^not valid JSON/,
    );
  });
});

describe("claims", () => {
  const now = 1000;
  test.each<[string, string]>([
    ["{}", ""],
    ['{"exp":1001}', ""],
    ['{"exp":1000}', "it has expired"],
    ['{"exp":1000.5}', ""],
    ['{"exp":999}', "it has expired"],
    ['{"nbf":1000}', ""],
    ['{"nbf":1001}', "it is not valid yet"],
    ['{"iat":1000}', ""],
    ['{"iat":1001}', "it was issued in the future"],
    ['{"exp":"9999"}', "a time of it is not a number of seconds"],
    ['{"exp":null}', "a time of it is not a number of seconds"],
    ['{"exp":1e400}', "a time of it is not a number of seconds"],
    ['{"nbf":-1e400}', "a time of it is not a number of seconds"],
    ['{"exp":1e300}', "a time of it is not a number of seconds"],
    ['{"exp":true}', "a time of it is not a number of seconds"],
    ['{"exp":-5}', "it has expired"],
    ['{"exp":2000,"exp":1}', "its claims are not valid JSON"],
    ["[]", "its claims are not an object"],
    ["", "its claims are not valid JSON"],
    ['\ufeff{"exp":2000}', "its claims are not valid JSON"],
    ["[".repeat(10000), "its claims are not valid JSON"],
  ])("%.40s: %s", (payload, told) => {
    expect(std.text("times", ascii(payload), now, 0, 0)).toBe(told);
  });

  test("leeway counts on both sides, and a lifetime has a bound", () => {
    const times = (payload: string): string | null =>
      std.text("times", ascii(payload), now, 10, 60);
    expect(times('{"iat":1000,"exp":991}')).toBe("");
    expect(times('{"iat":1000,"exp":990}')).toBe("it has expired");
    expect(times('{"iat":1000,"exp":1060,"nbf":1010}')).toBe("");
    expect(times('{"iat":1000,"exp":1060,"nbf":1011}')).toBe("it is not valid yet");
    expect(times('{"iat":1000,"exp":1061}')).toBe("it is valid for too long");
    expect(times('{"exp":1060}')).toBe("it is valid for too long");
    expect(times('{"iat":1000}')).toBe("it is valid for too long");
  });

  test.each<[string, string, number]>([
    ['{"aud":"a"}', "a", 1],
    ['{"aud":["b","a"]}', "a", 1],
    ['{"aud":"ab"}', "a", 0],
    ['{"aud":{"a":1}}', "a", 0],
    ['{"aud":[["a"]]}', "a", 0],
    ["{}", "a", 0],
    ['{"aud":"\\u0061"}', "a", 1],
  ])("audience: %s has %s: %i", (payload, name, has) => {
    expect(std.number("hasAudience", ascii(payload), name)).toBe(has);
  });

  test.each<[string, string, number]>([
    ['{"scope":"read write"}', "write", 1],
    ['{"scope":"read write"}', "rite", 0],
    ['{"scope":"readwrite"}', "read", 0],
    ['{"scp":["read","write"]}', "write", 1],
    ['{"scp":"read"}', "read", 1],
    ['{"scope":""}', "", 0],
    ['{"scope":1}', "1", 0],
  ])("scope: %s has %s: %i", (payload, name, has) => {
    expect(std.number("hasScope", ascii(payload), name)).toBe(has);
  });

  test.each<[string, string, string, number]>([
    ['{"r":"a,b"}', ",", "b", 1],
    ['{"r":"a,b"}', " ", "b", 0],
    ['{"r":"a, b"}', ", ", "b", 1],
    ['{"r":["a","b"]}', ",", "b", 1],
    ['{"r":"b"}', "", "b", 1],
    ['{"r":{}}', ",", "b", 0],
  ])("list: %s, with %j between, has %s: %i", (payload, separator, item, has) => {
    expect(std.number("lists", ascii(payload), "r", separator, item)).toBe(has);
  });

  test.each<[string, string, number]>([
    ['{"r":"a"}', "a", 1],
    ['{"r":["b","a"]}', "a", 1],
    ['{"r":true}', "true", 1],
    ['{"r":7}', "7", 1],
    ['{"r":[7]}', "7", 1],
    ['{"r":7.0}', "7", 0],
    ['{"r":null}', "null", 0],
    ['{"r":{"a":1}}', "a", 0],
    ['{"r":"A"}', "a", 0],
  ])("claim: %s is %s: %i", (payload, wanted, is) => {
    expect(std.number("has", ascii(payload), "r", wanted)).toBe(is);
  });

  test("a text is given, another kind is not", () => {
    expect(std.text("claim", ascii('{"sub":"m\\u00e9"}'), "sub")).toBe("mé");
    expect(std.text("claim", ascii('{"sub":1}'), "sub")).toBeNull();
  });
});
