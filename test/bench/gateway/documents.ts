/** The APIs that the measurements deploy: five policies each, one of which writes the round into every answer. */
import { restApi } from "../../controller/fixtures/rest-api.ts";

export const roundHeader = "x-round";

const header = (name: string, value: string) => ({ headers: [{ name, value }] });

export const fivePolicies = [
  "security-headers",
  "cors",
  "user-agent-restriction",
  "remove-headers",
  "set-headers",
];

const five = (round: number): object[] => [
  { name: "security-headers", version: "v1", params: {} },
  { name: "cors", version: "v1", params: { allowedOrigins: ["https://shop.example"] } },
  { name: "user-agent-restriction", version: "v1", params: { deny: ["^bad-bot"] } },
  {
    name: "remove-headers",
    version: "v1",
    params: { request: { headers: [{ name: "x-debug" }] } },
  },
  {
    name: "set-headers",
    version: "v1",
    params: { request: header("x-api", "bench"), response: header(roundHeader, String(round)) },
  },
];

export interface DocumentOptions {
  upstream: number;
  round?: number;
  operations?: number;
  /** How many of the five. */
  policies?: number;
}

export const document = (
  name: string,
  { upstream, round = 0, operations = 1, policies = 5 }: DocumentOptions,
): object =>
  restApi(name, upstream, {
    policies: five(round).slice(5 - policies),
    operations: Array.from({ length: operations }, (_, i) => ({
      method: "GET",
      path: operations === 1 ? "/*" : `/things-${i}/{id}`,
    })),
  });
