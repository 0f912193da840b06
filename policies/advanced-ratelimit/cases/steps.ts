/** How the cases of this folder are written down. */
import { createHash } from "node:crypto";
import type { CaseRequest, Expected, Step } from "sluice/cases";

const hash = createHash("sha256").update("k").digest("hex");
/** Notes the application 7 of the key `k` for the policies behind it. */
export const apiKey = {
  link: { name: "api-key-auth", version: "v1", params: {} },
  feed: [
    { table: "key" as const, id: ["*", hash], fields: ["", "", "local", "", "", "", "7", ""] },
  ],
  headers: { "api-key": "k" },
};

/** So long that no window ends while a case runs. */
export const year = "8760h";
export const limit = (n: number, more: object = {}) => ({ limit: n, duration: year, ...more });
export const one = (quota: object = {}) => ({ quotas: [{ limits: [limit(1)], ...quota }] });
export const key = (...keyExtraction: object[]) => one({ keyExtraction });

export type Sent = CaseRequest["request"];
export const ask = (request: Sent | string, expect: Expected): CaseRequest => ({
  request: typeof request === "string" ? { path: request } : request,
  expect,
});
export const pass = (request: Sent | string = "/", more: Expected = {}): Step =>
  ask(request, { status: 200, ...more });
export const stop = (request: Sent | string = "/", more: Expected = {}): Step =>
  ask(request, { status: 429, upstream: null, ...more });
export const withHeaders = (headers: Record<string, string>): Sent => ({ path: "/", headers });
export const post = (body: string): Sent => ({ method: "POST", path: "/", body });

/** Each request costs what `costExtraction` says. */
export const cost = (costExtraction: object, n = 10): object => ({
  quotas: [{ limits: [limit(n)], costExtraction: { enabled: true, ...costExtraction } }],
});
export const left = (n: number): Expected => ({ headers: { "x-ratelimit-remaining": String(n) } });
