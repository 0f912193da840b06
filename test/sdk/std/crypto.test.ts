import {
  constants,
  createHash,
  createHmac,
  createPublicKey,
  generateKeyPairSync,
  sign,
  X509Certificate,
} from "node:crypto";
import { beforeAll, describe, expect, test } from "vitest";
import { ascii, fromHex, load, type Std, toHex } from "./harness.ts";

let std: Std;
beforeAll(async () => {
  std = await load("crypto");
});

const names: [number, string][] = [
  [1, "sha1"],
  [256, "sha256"],
  [384, "sha384"],
  [512, "sha512"],
];

describe("hashes of FIPS 180", () => {
  test.each([
    [1, "", "da39a3ee5e6b4b0d3255bfef95601890afd80709"],
    [1, "abc", "a9993e364706816aba3e25717850c26c9cd0d89d"],
    [256, "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"],
    [256, "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"],
    [
      256,
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
    ],
    [
      384,
      "abc",
      "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed" +
        "8086072ba1e7cc2358baeca134c825a7",
    ],
    [
      512,
      "abc",
      "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a" +
        "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
    ],
  ])("SHA %i of %j", (bits, text, hex) => {
    expect(toHex(std.bytes("hash", std.keep("digest", bits)!, ascii(text)))).toBe(hex);
  });

  test.each(names)(
    "SHA %i of every length up to three blocks, whole and in pieces",
    (bits, name) => {
      const digest = std.keep("digest", bits)!;
      for (let size = 0; size <= 390; size++) {
        const message = Uint8Array.from({ length: size }, (_, i) => i * 7);
        const expected = createHash(name).update(message).digest("hex");
        expect(toHex(std.bytes("hash", digest, message))).toBe(expected);
        expect(toHex(std.bytes("hashInPieces", digest, message, 1 + (size % 97)))).toBe(expected);
      }
    },
  );
});

describe("HMAC", () => {
  test.each([
    [
      "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b",
      "4869205468657265",
      "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
    ],
    [
      "4a656665",
      "7768617420646f2079612077616e7420666f72206e6f7468696e673f",
      "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
    ],
    [
      "aa".repeat(131),
      "54657374205573696e67204c6172676572205468616e20426c6f636b2d53697a65204b6579202d2048617368204b6579204669727374",
      "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
    ],
  ])("RFC 4231, key %s", (key, message, mac) => {
    expect(toHex(std.bytes("hmacOf", 256, fromHex(key), fromHex(message)))).toBe(mac);
  });

  test.each(names)("SHA %i with keys around the size of a block", (bits, name) => {
    for (const size of [0, 1, 63, 64, 65, 127, 128, 129, 200]) {
      const key = new Uint8Array(size).fill(0x5a);
      const expected = createHmac(name, key).update("message").digest("hex");
      expect(toHex(std.bytes("hmacOf", bits, key, ascii("message")))).toBe(expected);
    }
  });
});

describe("RSA", () => {
  const pairs = [
    [2048, 65537],
    [2048, 3],
    [2056, 65537],
    [2049, 65537],
    [3072, 65537],
    [4096, 65537],
  ].map(([modulusLength, publicExponent]) =>
    generateKeyPairSync("rsa", { modulusLength: modulusLength!, publicExponent: publicExponent! }),
  );
  const message = ascii("a message");

  test.each(
    pairs.map((pair) => [pair.publicKey.asymmetricKeyDetails?.modulusLength, pair] as const),
  )("signatures of %i bits are taken, and changed ones are not", (_, { publicKey, privateKey }) => {
    const spki = new Uint8Array(publicKey.export({ type: "spki", format: "der" }));
    expect(toHex(std.bytes("spkiAgain", spki))).toBe(toHex(spki));
    const key = std.keep("spki", spki)!;
    for (const [bits, name] of names) {
      const digest = std.keep("digest", bits)!;
      const pkcs1 = new Uint8Array(sign(name, message, privateKey));
      expect(std.number("verify", key, false, digest, message, pkcs1)).toBe(1);
      const pss = new Uint8Array(
        sign(name, message, {
          key: privateKey,
          padding: constants.RSA_PKCS1_PSS_PADDING,
          saltLength: constants.RSA_PSS_SALTLEN_DIGEST,
        }),
      );
      expect(std.number("verify", key, true, digest, message, pss)).toBe(1);
      expect(std.number("verify", key, true, digest, message, pkcs1)).toBe(0);
      expect(std.number("verify", key, false, digest, message, pss)).toBe(0);
      expect(std.number("verify", key, true, digest, ascii("another"), pss)).toBe(0);
      for (const signature of [pkcs1, pss]) {
        const isPss = signature === pss;
        for (const i of [0, 7, signature.length - 1]) {
          const changed = signature.slice();
          changed[i]! ^= 1;
          expect(std.number("verify", key, isPss, digest, message, changed)).toBe(0);
        }
        const longer = new Uint8Array(signature.length + 1);
        longer.set(signature, 1);
        expect(std.number("verify", key, isPss, digest, message, longer)).toBe(0);
        expect(std.number("verify", key, isPss, digest, message, signature.slice(1))).toBe(0);
        expect(std.number("verify", key, isPss, digest, message, new Uint8Array(0))).toBe(0);
      }
      const otherSalt = sign(name, message, {
        key: privateKey,
        padding: constants.RSA_PKCS1_PSS_PADDING,
        saltLength: 8,
      });
      expect(std.number("verify", key, true, digest, message, new Uint8Array(otherSalt))).toBe(0);
    }
    const zero = new Uint8Array(spki.length > 400 ? 384 : 256);
    const one = zero.slice();
    one[one.length - 1] = 1;
    const all = zero.slice().fill(0xff);
    for (const signature of [zero, one, all]) {
      expect(std.number("verify", key, false, std.keep("digest", 256)!, message, signature)).toBe(
        0,
      );
      expect(std.number("verify", key, true, std.keep("digest", 256)!, message, signature)).toBe(0);
    }
  });

  test("weak keys and broken encodings are refused", () => {
    const weak = generateKeyPairSync("rsa", { modulusLength: 1024 }).publicKey;
    expect(std.bytes("spkiAgain", exported(weak))).toBeNull();
    const spki = exported(pairs[0]!.publicKey);
    for (let size = 0; size < spki.length; size += 3) {
      expect(std.bytes("spkiAgain", spki.slice(0, size))).toBeNull();
    }
    const longer = new Uint8Array(spki.length + 1);
    longer.set(spki);
    expect(std.bytes("spkiAgain", longer)).toBeNull();
    for (let i = 0; i < 40; i++) {
      const changed = spki.slice();
      changed[i]! ^= 0x81;
      const again = std.bytes("spkiAgain", changed);
      if (again) expect(toHex(again)).toBe(toHex(changed));
    }
  });

  function exported(key: (typeof pairs)[0]["publicKey"]): Uint8Array {
    return new Uint8Array(key.export({ type: "spki", format: "der" }));
  }

  test.each(["P-256", "P-384", "P-521"])("keys on %s are read from PEM", (namedCurve) => {
    const { publicKey } = generateKeyPairSync("ec", { namedCurve });
    const pem = publicKey.export({ type: "spki", format: "pem" }).toString();
    const der = toHex(new Uint8Array(publicKey.export({ type: "spki", format: "der" })));
    expect(toHex(std.bytes("spkiOfPem", pem))).toBe(der);
    expect(toHex(std.bytes("spkiOfPem", pem.replaceAll("\n", "\r\n")))).toBe(der);
    expect(std.bytes("spkiOfPem", pem + pem)).toBeNull();
    expect(std.bytes("spkiOfPem", pem.replace("-----END", "----END"))).toBeNull();
    expect(std.bytes("spkiOfPem", pem.replaceAll("PUBLIC", "PRIVATE"))).toBeNull();
    expect(std.bytes("spkiOfPem", pem.replace("M", "!"))).toBeNull();
  });

  test("an exponent that makes a large key too dear to verify is refused", () => {
    const large = createPublicKey(pairs[5]!.publicKey.export({ type: "spki", format: "pem" }));
    const jwk = large.export({ format: "jwk" });
    const told = (e: number[]): Uint8Array | null => {
      const key = createPublicKey({
        key: { ...jwk, e: Buffer.from(e).toString("base64url") },
        format: "jwk",
      });
      return std.bytes("spkiAgain", exported(key));
    };
    expect(told([17])).not.toBeNull();
    expect(told([1, 0, 1])).not.toBeNull();
    expect(told([0xff, 0xff, 0xff, 0xfb])).toBeNull();
  });

  const certificate = `-----BEGIN CERTIFICATE-----
${(
  "MIIBczCCARmgAwIBAgIURUadguwjUXyP3Nu1paK1reVsCDAwCgYIKoZIzj0EAwIwDzENMAsGA1UEAwwEdGVzdDAeFw0yNjEx" +
  "MjExMDUzMzJaFw0zNjExMTgxMDUzMzJaMA8xDTALBgNVBAMMBHRlc3QwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAR95x1U" +
  "pXz6Fo/k/tBi1ipd46sGFj+rFzHyO8trF0wwjOspZCWhqEOdOTsn/xwquKDKQTetnfAKgpjwct+C5sE7o1MwUTAdBgNVHQ4E" +
  "FgQUfII+foYgNUsYe1RvalIIkjyd4wYwHwYDVR0jBBgwFoAUfII+foYgNUsYe1RvalIIkjyd4wYwDwYDVR0TAQH/BAUwAwEB" +
  "/zAKBggqhkjOPQQDAgNIADBFAiEA5OgbhmU4C2gAfqSk4GH5Dk4V1USiV0LO9V94XsQgoJUCIFHuHq2ChsKozUElGLBpt0La" +
  "IQT+6Wh3NhENeexiGF2V"
).replace(/.{64}/g, "$&\n")}
-----END CERTIFICATE-----
`;

  test("the key of a certificate is read, and of nothing that is cut short", () => {
    const key = createPublicKey(certificate).export({ type: "spki", format: "der" });
    expect(toHex(std.bytes("spkiOfPem", certificate))).toBe(key.toString("hex"));
    const der = new X509Certificate(certificate).raw;
    const told = (bytes: Uint8Array): Uint8Array | null =>
      std.bytes(
        "spkiOfPem",
        `-----BEGIN CERTIFICATE-----\n${Buffer.from(bytes).toString("base64")}\n-----END CERTIFICATE-----`,
      );
    for (let size = 1; size < der.length; size += 7) expect(told(der.subarray(0, size))).toBeNull();
    expect(told(Buffer.concat([der, Buffer.alloc(1)]))).toBeNull();
    expect(std.bytes("spkiOfPem", certificate + certificate)).toBeNull();
  });

  test("Ed25519 and secp256k1 are refused", () => {
    expect(std.bytes("spkiAgain", exported(generateKeyPairSync("ed25519").publicKey))).toBeNull();
    const other = generateKeyPairSync("ec", { namedCurve: "secp256k1" }).publicKey;
    expect(std.bytes("spkiAgain", exported(other))).toBeNull();
  });
});

describe("ECDSA signatures", () => {
  test.each([
    ["P-256", "sha256", 32],
    ["P-384", "sha384", 48],
    ["P-521", "sha512", 66],
  ])("%s: both forms, there and back", (namedCurve, hash, size) => {
    const { privateKey } = generateKeyPairSync("ec", { namedCurve });
    for (let i = 0; i < 50; i++) {
      const der = new Uint8Array(sign(hash, ascii(`m${i}`), privateKey));
      const raw = std.bytes("toRaw", namedCurve, der);
      expect(raw?.length).toBe(2 * size);
      expect(toHex(std.bytes("toDer", namedCurve, raw!))).toBe(toHex(der));
    }
  });

  test.each([
    ["zero r", "00".repeat(32) + "01".repeat(32)],
    ["zero s", "01".repeat(32) + "00".repeat(32)],
    ["both zero", "00".repeat(64)],
    ["r = n", "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551" + "01".repeat(32)],
    ["s above n", "01".repeat(32) + "ff".repeat(32)],
    ["too short", "01".repeat(63)],
    ["too long", "01".repeat(65)],
    ["DER instead", "3006020101020101"],
    ["nothing", ""],
  ])("raw is refused: %s", (_, hex) => {
    expect(std.bytes("toDer", "P-256", fromHex(hex))).toBeNull();
  });

  test.each([
    ["0 as r", "3006020100020101"],
    ["negative r", "3006020181020101"],
    ["a zero too many", "300702020001020101"],
    ["a long length", "30810602010102010 1".replace(" ", "")],
    ["indefinite length", "30800201010201010000"],
    ["data after it", "300602010102010100"],
    ["data within it", "3008020101020101 0500".replace(" ", "")],
    ["cut", "30060201010201"],
    ["empty integer", "30050200020101"],
    ["another tag", "3106020101020101"],
    ["only one number", "3003020101"],
    ["r too long", `30260221${"01".repeat(33)}020101`],
  ])("DER is refused: %s", (_, hex) => {
    expect(std.bytes("toRaw", "P-256", fromHex(hex))).toBeNull();
  });
});
