import type { Case } from "sluice/cases";

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const fresh: Case["expect"] = {
  status: 200,
  headers: { "x-correlation-id": uuid },
  upstream: { headers: { "x-correlation-id": uuid } },
};
const kept = (id: string): Case["expect"] => ({
  status: 200,
  headers: { "x-correlation-id": id },
  upstream: { headers: { "x-correlation-id": id } },
});

export const cases: Case[] = [
  {
    name: "gives a request an id, and the response the same",
    params: {},
    request: { path: "/pets" },
    expect: fresh,
  },
  {
    name: "keeps the id that a request brings",
    example: true,
    params: {},
    request: { path: "/pets", headers: { "X-Correlation-Id": "order:7/a.b_c~d+e=@-" } },
    expect: kept("order:7/a.b_c~d+e=@-"),
  },
  {
    name: "replaces an id where clients may not bring their own",
    params: { acceptFromClient: false },
    request: { path: "/", headers: { "x-correlation-id": "mine" } },
    expect: fresh,
  },
  ...(
    [
      ["with a blank in it", "a b"],
      ["that writes into a log", '1" level="error'],
      ["of more than 128 letters", "x".repeat(129)],
      ["that is empty", ""],
      ["that is not ASCII", "\u00e9"],
    ] as const
  ).map(([what, id]): Case => ({
    name: `replaces an id ${what}`,
    params: {},
    request: { path: "/", headers: { "x-correlation-id": id } },
    expect: fresh,
  })),
  {
    name: "makes one id of several",
    params: {},
    request: {
      path: "/",
      headers: [
        ["x-correlation-id", "one"],
        ["x-correlation-id", "two"],
      ],
    },
    expect: kept("one"),
  },
  {
    name: "replaces the id that the upstream answers with",
    params: {},
    upstream: { headers: { "x-correlation-id": "the upstream's" } },
    request: { path: "/", headers: { "x-correlation-id": "mine" } },
    expect: kept("mine"),
  },
  {
    name: "uses another header, and keeps the id from the client",
    params: { header: "X-Request-Ref", echo: false },
    request: { path: "/", headers: { "x-request-ref": "7" } },
    expect: {
      status: 200,
      headers: { "x-request-ref": null },
      upstream: { headers: { "x-request-ref": "7", "x-correlation-id": null } },
    },
  },
  {
    name: "tells the policies behind it",
    chain: [
      { name: "correlation-id", version: "v1", params: {} },
      {
        name: "respond",
        version: "v1",
        params: { statusCode: 202 },
        executionCondition: "request.Metadata['correlation-id'] == 'mine'",
      },
    ],
    request: { path: "/", headers: { "x-correlation-id": "mine" } },
    expect: { status: 202, upstream: null },
  },
];
