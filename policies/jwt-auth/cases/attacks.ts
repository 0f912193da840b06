/** Tokens that must not count, whatever else they are. */
import type { Case } from "sluice/cases";
import {
  bearer,
  claims,
  ec,
  encode,
  future,
  issuer,
  jwk,
  keySet,
  local,
  otherRsa,
  pem,
  refused,
  rsa,
  secret,
  signature,
  token,
  weakRsa,
} from "./tokens";

const good = token();
const [head, body, mark] = good.split(".") as [string, string, string];
const payload = encode(claims);
const bytes = Buffer.from(mark, "base64url");
const ask = (text: string) => ({ path: "/", headers: bearer(text) });
/** For a second of the simulator's clock. */
const brief = token({ payload: { ...claims, exp: Date.UTC(2026, 0, 1) / 1000 + 1 } });
const publicPem = pem(rsa.publicKey);

const signed = (rawHeader: string | object, raw: string | object = claims): string =>
  token({ rawHeader, payload: raw });

/** An ECDSA signature with one of its halves replaced. */
function ecdsa(change: (r: Buffer, s: Buffer) => Buffer): string {
  const text = `${encode({ alg: "ES256", kid: "ec" })}.${payload}`;
  const made = signature("ES256", ec.privateKey, text);
  return `${text}.${encode(change(made.subarray(0, 32), made.subarray(32)))}`;
}

const zero = Buffer.alloc(32);
const order = Buffer.from(
  "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551",
  "hex",
);
const derOf = (r: Buffer, s: Buffer): Buffer =>
  Buffer.concat([Buffer.from([0x30, 70, 2, 33, 0]), r, Buffer.from([2, 33, 0]), s]);
const plus = (a: Buffer, b: Buffer): Buffer => {
  const sum = BigInt(`0x${a.toString("hex")}`) + BigInt(`0x${b.toString("hex")}`);
  return Buffer.from(sum.toString(16).padStart(66, "0"), "hex");
};

/** A text that decodes to the same bytes if the last letter's unused bits are not looked at. */
const laxly = (text: string): string => {
  const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  return text.slice(0, -1) + letters[letters.indexOf(text.at(-1) as string) + 1];
};

const none = ["none", "None", "NONE", "nOnE", "none ", "", "null", "RS256\u0000", "rs256", "HS0"];
const kids = [
  "../../../../dev/null",
  "rsa' OR '1'='1",
  "rsa\u0000",
  "/dev/null",
  "RSA",
  "",
  "k".repeat(300),
];
const deep = `${"[".repeat(500)}${"]".repeat(500)}`;

const tokens: [string, string][] = [
  ...none.flatMap((alg): [string, string][] => [
    [`alg ${JSON.stringify(alg)} with no signature`, `${encode({ alg })}.${payload}.`],
    [`alg ${JSON.stringify(alg)} with a good signature`, signed({ alg, kid: "rsa" })],
  ]),
  ["alg that is a list", signed({ alg: ["RS256"], kid: "rsa" })],
  ["no alg", signed({ kid: "rsa" })],
  ["a good token without its signature", `${head}.${body}.`],
  ["a good token without its last part", `${head}.${body}`],
  ["a good token with a part more", `${good}.${mark}`],
  ["a signature of another key", token({ key: otherRsa.privateKey })],
  ["a signature over something else", `${head}.${encode({ ...claims, sub: "root" })}.${mark}`],
  ["a signature of zeros", `${head}.${body}.${encode(Buffer.alloc(256))}`],
  ["a signature that is cut", `${head}.${body}.${encode(bytes.subarray(1))}`],
  [
    "a signature with a zero in front",
    `${head}.${body}.${encode(Buffer.concat([Buffer.alloc(1), bytes]))}`,
  ],
  ["the public key as a secret", token({ alg: "HS256", key: publicPem })],
  [
    "the public key in DER as a secret",
    token({
      alg: "HS256",
      key: rsa.publicKey.export({ type: "spki", format: "der" }).toString("latin1"),
    }),
  ],
  ["an HS token where there is no secret", token({ alg: "HS256", key: secret, header: {} })],
  ["an empty secret", token({ alg: "HS256", key: "", header: {} })],
  [
    "an RSA key for an ES token",
    token({ alg: "ES256", key: ec.privateKey, header: { kid: "rsa" } }),
  ],
  ["an EC key for an RS token", token({ header: { kid: "ec" } })],
  ...kids.map((kid): [string, string] => [
    `the kid ${JSON.stringify(kid.slice(0, 20))}`,
    token({ header: { kid } }),
  ]),
  ["a kid that is a list", token({ header: { kid: ["rsa"] } })],
  ["a kid that is a number", token({ header: { kid: 0 } })],
  [
    "a key that it brings",
    token({ key: otherRsa.privateKey, header: { jwk: jwk(otherRsa.publicKey) } }),
  ],
  [
    "a place of keys that it names",
    token({ key: otherRsa.privateKey, header: { jku: "http://evil.example/keys" } }),
  ],
  [
    "a place of certificates that it names",
    token({ key: otherRsa.privateKey, header: { x5u: "http://evil.example/c" } }),
  ],
  [
    "a certificate that it brings",
    token({ key: otherRsa.privateKey, header: { x5c: [encode("x")] } }),
  ],
  ["critical extensions", token({ header: { kid: "rsa", crit: ["exp"], exp: future } })],
  ["empty critical extensions", token({ header: { kid: "rsa", crit: [] } })],
  ["b64", token({ header: { kid: "rsa", b64: false, crit: ["b64"] } })],
  ["b64 alone", token({ header: { kid: "rsa", b64: true } })],
  ["a key twice in the header", signed('{"alg":"RS256","kid":"rsa","alg":"RS256"}')],
  [
    "a key twice in the claims",
    signed({ alg: "RS256", kid: "rsa" }, `{"iss":"${issuer}","exp":1,"exp":${future}}`),
  ],
  [
    "a key twice, once escaped",
    signed(
      { alg: "RS256", kid: "rsa" },
      `{"iss":"${issuer}","exp":${future},"\\u0065xp":${future}}`,
    ),
  ],
  [
    "something behind the claims",
    signed({ alg: "RS256", kid: "rsa" }, `${JSON.stringify(claims)}{}`),
  ],
  ["something behind the header", signed('{"alg":"RS256","kid":"rsa"}x')],
  ["a byte-order mark", signed({ alg: "RS256", kid: "rsa" }, `\ufeff${JSON.stringify(claims)}`)],
  ["a byte-order mark in the header", signed('\ufeff{"alg":"RS256","kid":"rsa"}')],
  ["claims that are a list", signed({ alg: "RS256", kid: "rsa" }, "[]")],
  ["claims that are not JSON", signed({ alg: "RS256", kid: "rsa" }, "exp=1")],
  ["claims that are not UTF-8", token({ payload: Buffer.from([0x7b, 0xff, 0x7d]) })],
  [
    "deep nesting",
    signed({ alg: "RS256", kid: "rsa" }, `{"iss":"${issuer}","exp":${future},"a":${deep}}`),
  ],
  ["deep nesting in the header", signed(`{"alg":"RS256","kid":"rsa","a":${deep}}`)],
  ["an expiry of 1e400", signed({ alg: "RS256", kid: "rsa" }, `{"iss":"${issuer}","exp":1e400}`)],
  ["an expiry of -1e400", signed({ alg: "RS256", kid: "rsa" }, `{"iss":"${issuer}","exp":-1e400}`)],
  ["an expiry of null", signed({ alg: "RS256", kid: "rsa" }, `{"iss":"${issuer}","exp":null}`)],
  [
    "a beginning of 1e400",
    signed({ alg: "RS256", kid: "rsa" }, `{"iss":"${issuer}","exp":${future},"nbf":1e400}`),
  ],
  ["an issuer that is a list", token({ payload: { ...claims, iss: [issuer] } })],
  ["an issuer that only starts right", token({ payload: { ...claims, iss: `${issuer}/` } })],
  ["no issuer", token({ payload: { ...claims, iss: undefined } })],
  ["lax base64 in the signature", `${head}.${body}.${laxly(mark)}`],
  ["padding", `${good}==`],
  [
    "the letters of another base64",
    `${head}.${body}.${bytes.toString("base64").replaceAll("=", "")}+`,
  ],
  ["a line break in the middle", `${head}.${body}%0a.${mark}`],
  ["an ECDSA signature of zeros", ecdsa(() => Buffer.alloc(64))],
  ["an ECDSA signature with r of zero", ecdsa((_, s) => Buffer.concat([zero, s]))],
  ["an ECDSA signature with s of zero", ecdsa((r) => Buffer.concat([r, zero]))],
  ["an ECDSA signature with r and s of the order", ecdsa(() => Buffer.concat([order, order]))],
  [
    "an ECDSA signature with s beyond the order",
    ecdsa((r, s) => Buffer.concat([r, plus(s, order)])),
  ],
  ["an ECDSA signature in DER", ecdsa(derOf)],
  ["an ECDSA signature that is longer", ecdsa((r, s) => Buffer.concat([r, s, zero]))],
  ["nothing between the dots", ".."],
  ["five parts, as of an encrypted token", `${head}.${body}.${mark}.${mark}.${mark}`],
  ["a token of 20,000 letters", `${head}.${"e".repeat(20_000)}.${mark}`],
];

const headers: [string, Record<string, string | string[]>][] = [
  ["no header", {}],
  ["another scheme", { authorization: `Basic ${good}` }],
  ["no scheme", { authorization: good }],
  ["the scheme alone", { authorization: "Bearer" }],
  ["the scheme and a space", { authorization: "Bearer " }],
  ["something behind the token", { authorization: `Bearer ${good} x` }],
  ["two tokens in one header", { authorization: `Bearer ${good}, Bearer ${good}` }],
  [
    "two headers",
    { authorization: [`Bearer ${good}`, `Bearer ${token({ key: otherRsa.privateKey })}`] },
  ],
];

export const attacks: Case[] = [
  ...tokens.map(([what, text]): Case => ({
    name: `refuses ${what}`,
    params: local(),
    request: { path: "/", headers: bearer(text) },
    expect: refused,
  })),
  ...headers.map(([what, sent]): Case => ({
    name: `refuses ${what}`,
    params: local(),
    request: { path: "/", headers: sent },
    expect: refused,
  })),
  {
    name: "keeps the secret of one issuer from the tokens of another",
    params: {
      keymanagers: [
        { name: "one", issuer, jwks: { local: { inline: publicPem } } },
        { name: "two", issuer: "two", jwks: { local: { secret } } },
      ],
    },
    request: { path: "/", headers: bearer(token({ alg: "HS256", key: secret, header: {} })) },
    expect: refused,
  },
  {
    name: "asks a token that it remembers as much as a new one",
    params: local(),
    steps: [
      ...[1, 2, 3].map(() => ({ request: ask(good), expect: { status: 200 } })),
      ...[
        local({ audiences: ["shop"] }),
        local({ requiredScopes: ["write"] }),
        local({ requiredClaims: { sub: "bob" } }),
        local({ allowedalgorithms: ["ES256"] }),
        local({ maxTokenLifetime: "1h" }),
        local({ issuers: ["other"] }, {}),
        local({}, { issuer: "https://other.example" }),
        local({}, { jwks: { local: { inline: pem(otherRsa.publicKey) } } }),
      ].flatMap((params) => [{ params }, { request: ask(good), expect: { upstream: null } }]),
      { params: local() },
      { request: ask(good), expect: { status: 200 } },
      ...[`${good}x`, `x${good}`, `${head}.${encode({ ...claims, sub: "root" })}.${mark}`].map(
        (changed) => ({ request: ask(changed), expect: refused }),
      ),
    ],
  },
  {
    name: "forgets a token that it remembers when it expires",
    params: local({ leeway: "0s" }),
    steps: [
      ...[1, 2, 3].map(() => ({ request: ask(brief), expect: { status: 200 } })),
      { advanceMs: 2_000 },
      { request: ask(brief), expect: refused },
    ],
    only: { runner: "simulator", because: "its clock stands where the case wants it" },
  },
  {
    name: "does not take a verdict over to a route with other keys",
    routes: [rsa, otherRsa].map(({ publicKey }, i) => ({
      match: { prefix: `/${i}` },
      chain: {
        policies: [
          {
            name: "jwt-auth",
            version: "v1",
            params: local({}, { jwks: { local: { inline: pem(publicKey) } } }),
          },
        ],
      },
    })),
    steps: [
      { request: { path: "/0", headers: bearer(good) }, expect: { status: 200 } },
      { request: { path: "/1", headers: bearer(good) }, expect: { status: 401 } },
    ],
  },
  ...(
    [
      ["a weak key", { inline: pem(weakRsa.publicKey) }],
      ["a weak key in a key set", { inline: keySet(jwk(weakRsa.publicKey)) }],
      ["a short secret", { secret: "too short" }],
      ["no key", { inline: keySet() }],
      ["what is no key", { inline: "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----" }],
      ["a file", { certificatePath: "/etc/passwd" }],
    ] as [string, object][]
  ).map(([what, keys]): Case => ({
    name: `is not to be configured with ${what}`,
    chain: [{ name: "jwt-auth", version: "v1", params: local({}, { jwks: { local: keys } }) }],
    request: { path: "/", headers: bearer(good) },
    expect: { status: 500, upstream: null, logs: [/keymanagers\.main\.jwks\.local/] },
  })),
];
