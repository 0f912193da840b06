import type { Case } from "sluice/cases";

const once = { limits: [{ requests: 1, duration: "1h" }] };
const pass = { request: { path: "/" }, expect: { status: 200 } };
const refused = {
  request: { path: "/" },
  expect: {
    status: 429,
    headers: {
      "content-type": "application/json",
      "retry-after": /^\d+$/,
      "x-ratelimit-limit": "1",
      "x-ratelimit-remaining": "0",
      "x-ratelimit-reset": /^\d{10}$/,
      "x-ratelimit-quota": "default",
      "ratelimit-policy": '"default";q=1;w=3600',
      ratelimit: /^"default";r=0;t=\d+$/,
    },
    body: '{"error": "Too Many Requests", "message": "Rate limit exceeded. Please try again later."}',
    upstream: null,
  },
};

export const cases: Case[] = [
  {
    name: "lets so many requests through and refuses the next",
    params: once,
    steps: [pass, refused],
  },
];
