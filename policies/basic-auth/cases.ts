import type { Case } from "sluice/cases";

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

export const cases: Case[] = [
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
      ["base64 with something behind it", { authorization: "Basic YWRhOnA6c3Mgd8O2cmQ=x" }],
    ] as [string, Record<string, string>][]
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
