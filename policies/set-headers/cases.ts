import type { Case } from "sluice/cases";

const header = (name: string, value: string, mode?: string) => ({
  name,
  value,
  ...(mode && { mode }),
});

export const cases: Case[] = [
  {
    name: "sets a header of the request and one of the response",
    example: true,
    params: {
      request: { headers: [header("X-Up", "1")] },
      response: { headers: [header("X-Down", "2")] },
    },
    request: { path: "/pets" },
    expect: {
      status: 200,
      headers: { "x-down": "2" },
      upstream: { path: "/pets", headers: { "x-up": "1" } },
    },
  },
  {
    name: "replaces every value that is there",
    params: { request: { headers: [header("x-up", "new")] } },
    request: {
      path: "/",
      headers: [
        ["x-up", "one"],
        ["x-up", "two"],
      ],
    },
    expect: { status: 200, upstream: { headers: { "x-up": "new" } } },
  },
  {
    name: "appends a value and keeps those that are there",
    example: true,
    params: { response: { headers: [header("x-down", "b", "append")] } },
    upstream: { headers: { "x-down": "a" } },
    request: { path: "/" },
    expect: { status: 200, headers: { "x-down": ["a", "b"] } },
  },
  {
    name: "appends a header that is not there yet, and an empty value",
    params: { request: { headers: [header("x-up", "", "append"), header("x-up", "b", "append")] } },
    request: { path: "/" },
    expect: { status: 200, upstream: { headers: { "x-up": ["", "b"] } } },
  },
  {
    name: "applies a list in its order",
    params: { response: { headers: [header("x-down", "a", "append"), header("x-down", "b")] } },
    upstream: { headers: { "x-down": "up" } },
    request: { path: "/" },
    expect: { status: 200, headers: { "x-down": "b" } },
  },
  {
    name: "sets a header in the body's phase of a request without a body",
    params: { request: { phase: "body", headers: [header("x-up", "late")] } },
    request: { path: "/" },
    expect: { status: 200, upstream: { headers: { "x-up": "late" } } },
  },
  {
    name: "sets in the body's phase what policies behind it have set in that of the headers",
    chain: [
      {
        name: "set-headers",
        version: "v1",
        params: { request: { phase: "body", headers: [header("x-up", "last")] } },
      },
      {
        name: "set-headers",
        version: "v1",
        params: { request: { headers: [header("x-up", "first")] } },
      },
    ],
    request: { method: "POST", path: "/", body: "hello" },
    expect: { status: 200, upstream: { headers: { "x-up": "last" } } },
  },
  {
    name: "sets a header once the body is here",
    params: { request: { phase: "body", headers: [header("x-up", "late")] } },
    request: { method: "POST", path: "/", body: "hello" },
    expect: { status: 200, upstream: { body: "hello", headers: { "x-up": "late" } } },
  },
];
