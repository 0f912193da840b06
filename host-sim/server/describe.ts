/** A request's way in lines for a terminal, and as a case for `cases.ts`. */
import { LogLevel } from "../../sdk/abi.ts";
import { textOf } from "../bytes.ts";
import type { RequestWay } from "./serve.ts";

const ms = (value: number): string => `${value.toFixed(value < 10 ? 2 : 0)} ms`;

const phase = (callback: string): string => callback.replaceAll("_", " ");

export function describeWay(way: RequestWay): string[] {
  const { method, path, status, route, decidedBy, cut } = way;
  const by = decidedBy ? `, answered by ${decidedBy}` : "";
  return [
    `${method} ${path} → ${cut ? `cut off (${cut})` : status}${by}  ${ms(way.ms)}${route === null ? "  no route" : `  ${route}`}`,
    ...way.steps
      .filter(
        ({ did, policy, callback }) =>
          policy !== null || did.length > 0 || /^(request|response)_/.test(callback),
      )
      .flatMap((step) => [
        `  ${step.policy ?? step.filter}: ${phase(step.callback)}  ${ms(step.ms)}`,
        ...step.did.map((what) => `    ${what}`),
      ]),
    ...way.callouts.map(
      (one) => `  call to ${one.cluster}: ${one.method} ${one.path} → ${one.result ?? "no answer"}`,
    ),
    ...way.logs
      .map(({ level, message }) => `${LogLevel[level]!.toLowerCase()}: ${message}`)
      .filter((line) => !way.steps.some(({ did }) => did.includes(line)))
      .map((line) => `  ${line}`),
  ];
}

/** Headers that a client's software or the gateway adds; a case is better without them. */
const incidental = new Set([
  "accept",
  "accept-encoding",
  "accept-language",
  "connection",
  "content-length",
  "date",
  "host",
  "keep-alive",
  "server",
  "transfer-encoding",
  "user-agent",
  "x-envoy-upstream-service-time",
  "x-forwarded-proto",
  "x-request-id",
]);

/** Several values of one header stand in a list. */
function telling(pairs: readonly (readonly [string, string])[]): Record<string, string | string[]> {
  const found: Record<string, string | string[]> = {};
  for (const [name, value] of pairs) {
    if (incidental.has(name)) continue;
    const before = found[name];
    found[name] = before === undefined ? value : [before, value].flat();
  }
  return found;
}

/** A row for a policy's `cases.ts`: what was asked, what came of it. */
export function asCase(way: RequestWay): string {
  const headers = telling(way.requestHeaders);
  const answerHeaders = telling(way.responseHeaders);
  const one = {
    name: `${way.method} ${way.path} is answered ${way.status}`,
    request: {
      method: way.method,
      path: way.path,
      ...(Object.keys(headers).length && { headers }),
      ...(way.requestBody.length && { body: textOf(way.requestBody) }),
    },
    expect: {
      status: way.status,
      ...(Object.keys(answerHeaders).length && { headers: answerHeaders }),
      ...(way.responseBody.length && { body: textOf(way.responseBody) }),
      upstream: way.upstream && { method: way.upstream.method, path: way.upstream.path },
    },
  };
  return `${JSON.stringify(one, null, 2).replace(/^(\s*)"([a-z]\w*)":/gim, "$1$2:")},`;
}
