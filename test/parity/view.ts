/** What of a run can be compared: everything but time, chance, framing and addresses. */
import { isDeepStrictEqual } from "node:util";
import type { Pairs, View } from "./scenario.ts";

/** How the bytes travel is the connection's business: there is none in the simulator. */
const framing = new Set(["connection", "keep-alive", "transfer-encoding"]);

/** Values that differ between two runs of one host. */
const changing: [RegExp, RegExp][] = [
  [/^date$/, /\w{3}, \d\d \w{3} \d{4} [\d:]{8} GMT/],
  [/^x-request-id$/, /[0-9a-f-]{36}/],
  [/^x-error-id$/, /[0-9a-f-]{36}/],
  [/^x-envoy-upstream-service-time$/, /\d+/],
  [/^x-forwarded-for$/, /\d+\.\d+\.\d+\.\d+/],
];

export const steady = (headers: Pairs): Pairs =>
  headers
    .filter(([name]) => !framing.has(name))
    .map(([name, value]) => {
      const rule = changing.find(([of]) => of.test(name));
      return [name, rule ? value.replace(rule[1], "*") : value];
    });

export const steadyText = (text: string): string =>
  text
    .replace(/"error_id":"[0-9a-f-]{36}"/, '"error_id":"*"')
    .replace(/\w{3}, \d\d \w{3} \d{4} [\d:]{8} GMT/g, "*")
    .replace(/x-request-id=[0-9a-f-]{36}/g, "x-request-id=*")
    .replace(/x-forwarded-for=\d+\.\d+\.\d+\.\d+/g, "x-forwarded-for=*")
    .replace(/x-envoy-upstream-service-time=\d+/g, "x-envoy-upstream-service-time=*");

/** How much of a body gets through before its connection breaks is the connection's business too. */
const brokenOff = (a: View, b: View): boolean =>
  a.cut && b.cut && (a.body.startsWith(b.body) || b.body.startsWith(a.body));

/** The parts in which two views differ, a line each. */
export function differences(expected: View, found: View): string[] {
  const lines: string[] = [];
  for (const key of Object.keys(expected) as (keyof View)[]) {
    const [a, b] = [expected[key], found[key]];
    if (isDeepStrictEqual(a, b)) continue;
    if (key === "body" && brokenOff(expected, found)) continue;
    if (Array.isArray(a) && Array.isArray(b)) {
      const at = a.findIndex((one, i) => !isDeepStrictEqual(one, b[i]));
      const index = at < 0 ? a.length : at;
      lines.push(`${key}[${index}]: envoy ${show(a[index])}, simulator ${show(b[index])}`);
    } else if (key === "upstream" && expected.upstream && found.upstream) {
      for (const part of ["method", "path", "headers", "body"] as const)
        if (!isDeepStrictEqual(expected.upstream[part], found.upstream[part]))
          lines.push(
            `upstream.${part}: envoy ${show(expected.upstream[part])}, simulator ${show(found.upstream[part])}`,
          );
    } else lines.push(`${key}: envoy ${show(a)}, simulator ${show(b)}`);
  }
  return lines;
}

const show = (value: unknown): string => (JSON.stringify(value) ?? "nothing").slice(0, 1500);
