import { misconfigured, type Case } from "sluice/cases";

const headers = (...names: string[]) => ({ headers: names.map((name) => ({ name })) });

export const cases: Case[] = [
  {
    name: "removes a header of the request and one of the response",
    example: true,
    params: { request: headers("X-Debug"), response: headers("X-Powered-By") },
    request: { path: "/pets", headers: { "x-debug": "1", "x-kept": "2" } },
    upstream: { headers: { "x-powered-by": "engine", "x-also-kept": "3" } },
    expect: {
      status: 200,
      headers: { "x-powered-by": null, "x-also-kept": "3" },
      upstream: { path: "/pets", headers: { "x-debug": null, "x-kept": "2" } },
    },
  },
  {
    name: "removes every value of a header, in any case",
    params: { request: headers("x-debug") },
    request: {
      path: "/",
      headers: [
        ["X-Debug", "1"],
        ["x-DEBUG", "2"],
      ],
    },
    expect: { status: 200, upstream: { headers: { "x-debug": null } } },
  },
  {
    name: "removes no header whose name only begins the same",
    params: { request: headers("x-debug") },
    request: { path: "/", headers: { "x-debug-level": "1" } },
    expect: { status: 200, upstream: { headers: { "x-debug-level": "1" } } },
  },
  {
    name: "has nothing against a header that is not there",
    params: { response: headers("x-powered-by") },
    request: { path: "/" },
    expect: { status: 200, headers: { "x-powered-by": null } },
  },
  ...misconfigured([
    ["the host to be removed", { request: headers("host") }, /host cannot be removed/],
  ]),
];
