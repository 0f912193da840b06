import { createHash, createHmac } from "node:crypto";
import type { Case } from "sluice/cases";

const secret = "a secret of ada and the gateway";
const keys = [{ keyId: "ada", secret }];
const params = { keys };

interface Parts {
  method?: string;
  path?: string;
  date?: string;
  headers?: string;
  /** Sent, and signed if `headers` names them. */
  more?: Record<string, string>;
  /** Sent in place of what was signed. */
  sent?: Record<string, string | string[]>;
  keyId?: string;
  secret?: string;
  algorithm?: string;
  change?: (authorization: string) => string;
}

const host = "pets.example";

function signed(parts: Parts = {}) {
  const { method = "GET", path = "/pets?a=1", date = new Date().toUTCString() } = parts;
  const { headers = "(request-target) host date", more = {}, algorithm = "hmac-sha256" } = parts;
  const values: Record<string, string> = {
    "(request-target)": `${method.toLowerCase()} ${path}`,
    host,
    date,
    ...more,
  };
  const text = headers
    .split(" ")
    .map((name) => `${name}: ${values[name]}`)
    .join("\n");
  const mark = createHmac(algorithm.slice(5), parts.secret ?? secret)
    .update(text)
    .digest("base64");
  const authorization =
    `Signature keyId="${parts.keyId ?? "ada"}",algorithm="${algorithm}",` +
    `headers="${headers}",signature="${mark}"`;
  return {
    method,
    path,
    headers: {
      host,
      date,
      ...more,
      authorization: (parts.change ?? ((one: string) => one))(authorization),
      ...parts.sent,
    },
  };
}

const refused = {
  status: 401,
  headers: { "www-authenticate": "Signature", "content-type": "application/json" },
  body: { error: "Unauthorized", message: "Authentication failed" },
  upstream: null,
};

/** The simulator's clock stands, and a gateway's goes: what is signed now is signed for both. */
const lasting = { clockSkew: "87600h", allowReplay: true };
const dated = (name: string, make: () => ReturnType<typeof signed>, expect: object): Case => ({
  name,
  params: { ...params, ...lasting },
  request: make(),
  expect,
});
const fine = (name: string, parts: Parts): Case =>
  dated(name, () => signed(parts), { status: 200 });
const wrong = (name: string, parts: Parts): Case => dated(name, () => signed(parts), refused);

const at = (seconds: number): string =>
  new Date(Date.UTC(2026, 0, 1) + seconds * 1000).toUTCString();
const virtual: Pick<Case, "only"> = {
  only: { runner: "simulator", because: "its clock stands where the case wants it" },
};

const body = '{"a":1}';
const digest = `SHA-256=${createHash("sha256").update(body).digest("base64")}`;
const withBody = (text: string, sent: Parts = {}) => ({
  ...signed({
    method: "POST",
    headers: "(request-target) host date digest",
    more: { digest },
    ...sent,
  }),
  body: text,
});
const bodies = { ...params, ...lasting, validateBody: true };

export const cases: Case[] = [
  fine("takes a signature", {}),
  fine("takes hmac-sha512", { algorithm: "hmac-sha512" }),
  fine("takes x-date in place of date", {
    headers: "(request-target) host x-date",
    more: { "x-date": new Date().toUTCString() },
  }),
  fine("takes other headers that are signed", {
    headers: "(request-target) host date x-a",
    more: { "x-a": "1" },
  }),
  wrong("refuses another secret", { secret: "another secret of somebody" }),
  wrong("refuses a key that it does not know", { keyId: "bob" }),
  wrong("refuses an algorithm that is too weak", { algorithm: "hmac-sha1" }),
  wrong("refuses another host", { sent: { host: "evil.example" } }),
  wrong("refuses another value of a signed header", {
    headers: "(request-target) host date x-a",
    more: { "x-a": "1" },
    sent: { "x-a": "2" },
  }),
  wrong("refuses a second value of a signed header", {
    headers: "(request-target) host date x-a",
    more: { "x-a": "1" },
    sent: { "x-a": ["1", "2"] },
  }),
  wrong("refuses a signed header that was not sent", { headers: "(request-target) host date x-a" }),
  wrong("refuses a signature that leaves the path out", { headers: "host date" }),
  wrong("refuses a signature that leaves the date out", { headers: "(request-target) host" }),
  wrong("refuses a header that is named twice", {
    headers: "(request-target) host date date",
  }),
  wrong("refuses a date that is none", { date: "today" }),
  wrong("refuses a field that stands twice", { change: (one) => `${one},keyId="ada"` }),
  wrong("refuses a field that is missing", { change: (one) => one.replace(/,signature.*/, "") }),
  wrong("refuses an empty signature", {
    change: (one) => one.replace(/signature="[^"]*"/, 'signature=""'),
  }),
  wrong("refuses another scheme", { change: (one) => one.replace("Signature", "Bearer") }),
  ...(
    [
      ["path", { path: "/pets?a=2" }],
      ["method", { method: "DELETE" }],
    ] as [string, object][]
  ).map(([what, other]) =>
    dated(`refuses another ${what}`, () => ({ ...signed(), ...other }), refused),
  ),
  {
    name: "refuses a request without a signature",
    example: true,
    params,
    request: { path: "/" },
    expect: refused,
  },
  {
    name: "keeps the signature from the upstream",
    params: { ...params, clockSkew: "87600h" },
    request: signed(),
    expect: { status: 200, upstream: { headers: { authorization: null } } },
  },
  {
    name: "shows the signature to the upstream where it is told to",
    params: { ...params, clockSkew: "87600h", forwardCredentials: true, allowReplay: true },
    request: signed(),
    expect: { status: 200, upstream: { headers: { authorization: /^Signature / } } },
  },
  {
    name: "takes dates within the clock skew",
    params: { ...params, clockSkew: "10s" },
    ...virtual,
    steps: [
      { request: signed({ date: at(-11) }), expect: refused },
      { request: signed({ date: at(-10) }), expect: { status: 200 } },
      { request: signed({ date: at(10) }), expect: { status: 200 } },
      { request: signed({ date: at(11) }), expect: refused },
    ],
  },
  {
    name: "takes each signature once, as long as its date counts",
    params: { ...params, clockSkew: "1m" },
    ...virtual,
    steps: [
      { request: signed({ date: at(0) }), expect: { status: 200 } },
      { request: signed({ date: at(0) }), expect: refused },
      { request: signed({ date: at(1) }), expect: { status: 200 } },
      { advanceMs: 59_000 },
      { request: signed({ date: at(0) }), expect: refused },
      { request: signed({ date: at(1) }), expect: refused },
      { request: signed({ date: at(59) }), expect: { status: 200 } },
      { advanceMs: 61_000 },
      { request: signed({ date: at(0) }), expect: refused },
      { request: signed({ date: at(59) }), expect: refused },
    ],
  },
  {
    name: "takes a signature once, of several that come at a time",
    params: { ...params, clockSkew: "87600h" },
    steps: [
      { request: signed({ path: "/once" }), expect: { status: 200 } },
      {
        together: [1, 2, 3].map(() => ({ request: signed({ path: "/once" }), expect: refused })),
      },
    ],
  },
  {
    name: "takes a body whose digest is signed",
    params: bodies,
    request: withBody(body),
    expect: { status: 200, upstream: { body } },
  },
  {
    name: "refuses another body",
    params: bodies,
    request: withBody('{"a":2}'),
    expect: refused,
  },
  {
    name: "refuses a digest that is not signed",
    params: bodies,
    request: withBody(body, { headers: "(request-target) host date" }),
    expect: refused,
  },
  {
    name: "refuses no body where one was signed",
    params: bodies,
    request: withBody(""),
    expect: refused,
  },
  {
    name: "knows the keys of consumers",
    params: lasting,
    feed: [{ table: "credential", id: ["hmac", "ada"], fields: ["acme", secret] }],
    steps: [
      { request: signed(), expect: { status: 200 } },
      { request: signed({ keyId: "bob" }), expect: refused },
      { feed: [{ table: "credential", id: ["hmac", "ada"] }] },
      { request: signed(), expect: refused },
    ],
  },
  {
    name: "is not to be configured with the same key twice",
    params: { keys: [...keys, ...keys] },
    request: { path: "/" },
    expect: { status: 500, upstream: null, logs: [/ada is there twice/] },
  },
  {
    name: "is not to be configured with a skew that no clock keeps",
    params: { keys, clockSkew: "1ms" },
    request: { path: "/" },
    expect: { status: 500, upstream: null, logs: [/clockSkew: expected at least 1s/] },
  },
  fine("takes spaces behind the commas", { change: (one) => one.replaceAll('",', '", ') }),
  ...(
    [
      ["no key id", (one) => one.replace("keyId=", "keyID=")],
      ["no list of headers", (one) => one.replace("headers=", "header=")],
      ["a signature that is not base64", (one) => one.replace(/signature=".*"/, 'signature="***"')],
      ["something behind the last field", (one) => `${one},x`],
      ["a comma behind the last field", (one) => `${one},`],
      ["a field that breaks off", (one) => one.slice(0, -1)],
      ["semicolons in place of commas", (one) => one.replaceAll('",', '";')],
      ["an escape", (one) => one.replace('"ada"', '"a\\da"')],
    ] as [string, NonNullable<Parts["change"]>][]
  ).map(([what, change]) => wrong(`refuses ${what}`, { change })),
  wrong("refuses a list of more headers than it reads", {
    headers: `(request-target) host date ${Array.from({ length: 100 }, (_, i) => `x-${i}`).join(" ")}`,
  }),
  ...(
    [
      ["takes", "(request-target) host date x-a", { status: 200 }],
      ["refuses less than", "(request-target) host date", refused],
    ] as const
  ).map(([what, headers, expect]): Case => ({
    name: `${what} what it is told must be signed`,
    params: { ...lasting, keys, signedHeaders: ["(request-target)", "host", "date", "x-a"] },
    request: signed({ headers, more: { "x-a": "1" } }),
    expect,
  })),
  ...(
    [
      ["who a key is given to", "acme"],
      ["the key's id", ""],
    ] as const
  ).map(([what, consumer]): Case => ({
    name: `says that the caller is ${what}`,
    chain: [
      {
        name: "hmac-auth",
        version: "v1",
        params: { ...lasting, keys: [{ keyId: "ada", secret, ...(consumer && { consumer }) }] },
      },
      { name: "acl", version: "v1", params: { allow: { subjects: [consumer || "ada"] } } },
    ],
    request: signed(),
    expect: { status: 200 },
  })),
];
