import type { Case } from "sluice/cases";

const json = { name: "Content-Type", value: "application/json" };
const answer = (expect: Case["expect"]) => ({ ...expect, upstream: null });

export const cases: Case[] = [
  {
    name: "answers with a status, headers and a body of its own",
    example: true,
    params: { statusCode: 503, headers: [json], body: '{"message":"closed for repairs"}' },
    request: { path: "/pets" },
    expect: answer({
      status: 503,
      headers: { "content-type": "application/json" },
      body: { message: "closed for repairs" },
    }),
  },
  {
    name: "answers 200 without a body unless told otherwise",
    params: {},
    request: { path: "/" },
    expect: answer({ status: 200, headers: { "content-type": null }, body: "" }),
  },
  {
    name: "calls a body plain text unless told otherwise",
    params: { body: "grüezi" },
    request: { path: "/" },
    expect: answer({
      status: 200,
      headers: { "content-type": "text/plain", "content-length": "7" },
      body: "grüezi",
    }),
  },
  {
    name: "sends several headers of one name",
    params: {
      headers: [
        { name: "set-cookie", value: "a=1" },
        { name: "Set-Cookie", value: "b=2" },
      ],
    },
    request: { path: "/" },
    expect: answer({ status: 200, headers: { "set-cookie": ["a=1", "b=2"] } }),
  },
  ...[204, 304].map((statusCode): Case => ({
    name: `sends no body with a ${statusCode}`,
    params: { statusCode, body: "left out", headers: [{ name: "x-why", value: "no content" }] },
    request: { path: "/" },
    expect: answer({ status: statusCode, headers: { "x-why": "no content" }, body: "" }),
  })),
  {
    name: "answers HEAD with the headers alone",
    params: { body: "not for HEAD" },
    request: { method: "HEAD", path: "/" },
    expect: answer({ status: 200, body: "" }),
  },
  {
    name: "answers a request before its body has come",
    params: { statusCode: 410 },
    request: { method: "POST", path: "/", body: "never read" },
    expect: answer({ status: 410 }),
  },
  ...["a".repeat(1 << 20), "ä".repeat(200_000)].map((body): Case => ({
    name: `answers with a body of ${Buffer.byteLength(body)} bytes`,
    params: { body },
    request: { path: "/" },
    expect: answer({ status: 200, body }),
  })),
];
