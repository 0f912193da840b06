import { misconfigured, type Case } from "sluice/cases";

const params = { username: "ada", password: "p:ss wörd" };
const basic = (text: string, scheme = "Basic"): Record<string, string> => ({
  authorization: `${scheme} ${Buffer.from(text).toString("base64")}`,
});
const refused = {
  status: 401,
  headers: { "www-authenticate": 'Basic realm="Restricted"', "content-type": "application/json" },
  body: { error: "Unauthorized", message: "Authentication required" },
  upstream: null,
};

/** Answers as the agent beside a gateway does, for the one password that the hashes of these cases are of. */
const agent: NonNullable<Case["clusters"]> = {
  "sluice.agent": ({ path, body }) => {
    if (path !== "/verify/bcrypt") return { status: 404 };
    const { hash, password } = JSON.parse(Buffer.from(body).toString()) as Record<string, string>;
    return { body: JSON.stringify({ ok: hash === passwordHash && password === "p:ss wörd" }) };
  },
};
const passwordHash = "$2b$04$3hCS8HW4cccmeNRAhq/RKOLmTQfC/PKisXiceyAdIQsjazXGf1Yaq";
const hashed = { username: "ada", passwordHash };
const asked = [{ cluster: "sluice.agent", method: "POST", path: "/verify/bcrypt" }];
const feed = [
  { table: "credential" as const, id: ["basic", "ada"], fields: ["acme", passwordHash] },
];
const ask = (text: string) => ({ path: "/", headers: basic(text) });

const byHash: Case[] = [
  {
    name: "asks the agent about a hash, and keeps what it says",
    example: true,
    params: hashed,
    clusters: agent,
    steps: [
      { request: ask("ada:p:ss wörd"), expect: { status: 200, callouts: asked } },
      { request: ask("ada:p:ss wörd"), expect: { status: 200, callouts: [] } },
      { request: ask("ada:p:ss word"), expect: { ...refused, callouts: asked } },
      { request: ask("ada:p:ss word"), expect: { ...refused, callouts: [] } },
    ],
  },
  {
    name: "keeps nothing where it is told not to",
    params: { ...hashed, verdictTtl: "0s" },
    clusters: agent,
    steps: [1, 2].map(() => ({
      request: ask("ada:p:ss wörd"),
      expect: { status: 200, callouts: asked },
    })),
  },
  {
    name: "asks as much about a wrong name, and refuses it with the right password",
    params: { ...hashed, verdictTtl: "0s" },
    clusters: agent,
    request: ask("bob:p:ss wörd"),
    expect: { ...refused, callouts: asked },
  },
  {
    name: "refuses what bcrypt would cut off, without asking",
    params: hashed,
    clusters: agent,
    steps: [`ada:${"x".repeat(73)}`, "ada:p:ss wörd\0", `ada:${"ö".repeat(37)}`].map((text) => ({
      request: ask(text),
      expect: { ...refused, callouts: [] },
    })),
  },
  {
    name: "lets anyone through while the agent is not there, where that is allowed",
    params: { ...hashed, allowUnauthenticated: true },
    clusters: { "sluice.agent": "refuse" },
    request: ask("ada:p:ss wörd"),
    expect: { status: 200 },
  },
  ...(
    [
      ["is not there", "refuse"],
      ["has too much to do", { status: 503, body: '{"ok":true}' }],
      ["says something else", { body: '{"ok":"true"}' }],
      ["says no JSON", { body: "true" }],
    ] as [string, NonNullable<Case["clusters"]>[string]][]
  ).map(([what, service]): Case => ({
    name: `lets nobody through while the agent ${what}`,
    params: { ...hashed, verdictTtl: "0s" },
    clusters: { "sluice.agent": service },
    request: ask("ada:p:ss wörd"),
    expect: { status: 503, upstream: null },
  })),
  {
    name: "knows the consumers' names and passwords",
    params: { consumers: true, verdictTtl: "0s" },
    feed,
    clusters: agent,
    steps: [
      { request: ask("ada:p:ss wörd"), expect: { status: 200 } },
      { request: ask("ada:p:ss word"), expect: refused },
      { request: ask("bob:p:ss wörd"), expect: refused },
      { request: ask(":p:ss wörd"), expect: refused },
      { feed: [{ table: "credential", id: ["basic", "ada"] }] },
      { request: ask("ada:p:ss wörd"), expect: refused },
    ],
  },
  ...misconfigured([
    ["a name without a password", { username: "ada" }, /password: expected either/],
    ["both", { ...params, passwordHash }, /password: expected either/],
    ["no name", { password: "x" }, /username: is required/],
    ["consumers and a name", { ...params, consumers: true }, /consumers: expected no/],
    ["no bcrypt hash", { username: "ada", passwordHash: "x" }, /passwordHash/],
    ["nothing", {}, /username: is required/],
  ]),
];

export const cases: Case[] = [
  ...byHash,
  {
    name: "lets the right name and password through",
    params,
    request: { path: "/", headers: basic("ada:p:ss wörd") },
    expect: { status: 200 },
  },
  {
    name: "takes the scheme in any case",
    params,
    request: { path: "/", headers: basic("ada:p:ss wörd", "bAsIc") },
    expect: { status: 200 },
  },
  ...(
    [
      ["nothing", {}],
      ["a wrong password", basic("ada:p:ss word")],
      ["a wrong name", basic("bob:p:ss wörd")],
      ["a password that only starts right", basic("ada:p:ss wörd2")],
      ["no colon", basic("ada")],
      ["an empty name and password", basic(":")],
      ["another scheme", { authorization: "Bearer abc" }],
      ["what is not base64", { authorization: "Basic ***" }],
      ["what is not UTF-8", { authorization: "Basic YWRhOv8=" }],
      [
        "two headers",
        {
          authorization: ["ada:p:ss wörd", "ada:x"].map(
            (text) => basic(text).authorization as string,
          ),
        },
      ],
      ["base64 with something behind it", { authorization: "Basic YWRhOnA6c3Mgd8O2cmQ=x" }],
    ] as [string, Record<string, string | string[]>][]
  ).map(([what, headers]): Case => ({
    name: `refuses ${what}`,
    params,
    request: { path: "/", headers },
    expect: refused,
  })),
  {
    name: "says the realm that it was given",
    params: { ...params, realm: "Staff only" },
    request: { path: "/" },
    expect: { status: 401, headers: { "www-authenticate": 'Basic realm="Staff only"' } },
  },
  {
    name: "lets anyone through where that is allowed",
    params: { ...params, allowUnauthenticated: true },
    request: { path: "/", headers: basic("ada:wrong") },
    expect: { status: 200 },
  },
];
