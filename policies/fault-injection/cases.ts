import type { Case } from "sluice/cases";

const request = { path: "/" };
const failed = { status: 503, body: { error: "Fault Injected" }, upstream: null };
const passes = { status: 200 };
const staging = { headers: [{ name: "X-Env", value: "staging" }] };

export const cases: Case[] = [
  {
    name: "lets requests fail",
    example: true,
    params: { abort: { status: 503 } },
    request,
    expect: failed,
  },
  {
    name: "holds requests and lets them go on",
    params: { delay: { durationMs: 30 } },
    request: { method: "POST", path: "/", body: "kept" },
    expect: { status: 200, upstream: { body: "kept" } },
  },
  {
    name: "holds requests and then lets them fail",
    params: { delay: { durationMs: 30 }, abort: { status: 503 } },
    request,
    expect: failed,
  },
  {
    name: "leaves requests alone at no percent",
    params: { delay: { durationMs: 60_000, percentage: 0 }, abort: { status: 503, percentage: 0 } },
    request,
    expect: passes,
  },
  {
    name: "looks at requests with certain headers only",
    example: true,
    params: { abort: { status: 418 }, ...staging },
    steps: [
      { request, expect: passes },
      { request: { path: "/", headers: { "x-env": "production" } }, expect: passes },
      { request: { path: "/", headers: { "x-env": "staging" } }, expect: { status: 418 } },
    ],
  },
];
