import type { Case } from "sluice/cases";

const refused = (most: number) => ({
  status: 413,
  headers: { "content-type": "application/json" },
  body: {
    error: "Payload Too Large",
    message: `The request body is larger than ${most} bytes`,
  },
});

export const cases: Case[] = [
  {
    name: "refuses a body that says it is too large, before the upstream sees any of it",
    example: true,
    params: { maxBytes: 10 },
    request: { method: "POST", path: "/", body: "12345678901" },
    expect: { ...refused(10), upstream: null },
  },
  {
    name: "lets a body of just that size through, as it was sent",
    params: { maxBytes: 10 },
    request: { method: "POST", path: "/", body: "1234567890" },
    expect: { status: 200, upstream: { body: "1234567890" } },
  },
  {
    name: "lets a request without a body through",
    params: { maxBytes: 0 },
    request: { path: "/" },
    expect: { status: 200 },
  },
  {
    name: "refuses any body where none may be",
    params: { maxBytes: 0 },
    request: { method: "POST", path: "/", body: "1" },
    expect: { ...refused(0), upstream: null },
  },
  {
    name: "counts a body of unknown length as it flows, and ends it when it is too long",
    params: { maxBytes: 10 },
    request: { method: "POST", path: "/", body: ["123456", "78901"] },
    expect: refused(10),
  },
  {
    name: "lets a body of unknown length through that is just as long as it may be",
    params: { maxBytes: 10 },
    request: { method: "POST", path: "/", body: ["12345", "67890"] },
    expect: { status: 200, upstream: { body: "1234567890" } },
  },
  {
    name: "counts each request by itself",
    params: { maxBytes: 10 },
    steps: [1, 2].map(() => ({
      request: { method: "POST", path: "/", body: ["1234567", "89"] },
      expect: { status: 200 },
    })),
  },
  {
    name: "refuses a length that no number holds",
    params: { maxBytes: 10 },
    request: {
      method: "POST",
      path: "/",
      headers: { "content-length": "99999999999999999999999999" },
      body: "1",
    },
    expect: { status: 413, upstream: null },
    only: { runner: "simulator", because: "Envoy refuses such a length by itself, with 400" },
  },
  {
    name: "lets an answer be as large as it is",
    params: { maxBytes: 1 },
    request: { path: "/" },
    upstream: { status: 200, body: "an answer of more than one byte" },
    expect: { status: 200, body: "an answer of more than one byte" },
  },
];
