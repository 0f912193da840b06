/** What an answer lacks of what was expected, in lines a reader can act on. */
import { isDeepStrictEqual } from "node:util";
import { textOf } from "../bytes.ts";
import type { Expected, ExpectedRequest, Text } from "../cases.ts";
import type { RunnerAnswer, SeenRequest } from "./runner.ts";

const show = (value: unknown): string =>
  value instanceof RegExp ? String(value) : value === undefined ? "nothing" : JSON.stringify(value);

const difference = (what: string, expected: unknown, found: unknown): string =>
  `${what}: expected ${show(expected)}, found ${show(found)}`;

export function check(answer: RunnerAnswer, expected: Expected): string[] {
  const found: string[] = [];
  if (expected.status !== undefined && expected.status !== answer.status)
    found.push(difference("status", expected.status, answer.status));
  found.push(...headers("header", expected.headers, answer.headers));
  found.push(...body("body", expected.body, answer.text));
  if (expected.cut !== undefined && !matches(expected.cut, answer.cut))
    found.push(difference("cut", expected.cut, answer.cut));
  if (expected.upstream !== undefined)
    found.push(...request("upstream", expected.upstream, answer.upstream));
  if (expected.callouts) {
    const { callouts } = expected;
    if (callouts.length !== answer.callouts.length)
      found.push(difference("number of callouts", callouts.length, answer.callouts.length));
    callouts.forEach((one, i) => {
      const made = answer.callouts[i];
      if (!made) return;
      if (one.cluster !== made.cluster)
        found.push(difference(`callout ${i + 1}: cluster`, one.cluster, made.cluster));
      found.push(...request(`callout ${i + 1}`, one, made));
    });
  }
  found.push(...logs(expected.logs ?? [], answer.logs));
  return found;
}

function matches(expected: Text | null, found: string | null): boolean {
  if (expected === null || found === null) return expected === found;
  return typeof expected === "string" ? expected === found : expected.test(found);
}

function headers(
  what: string,
  expected: Expected["headers"],
  found: readonly (readonly [string, string])[],
): string[] {
  return Object.entries(expected ?? {}).flatMap(([name, value]) => {
    const values = found.filter(([key]) => key === name.toLowerCase()).map((pair) => pair[1]);
    const right = Array.isArray(value)
      ? isDeepStrictEqual(value, values)
      : value === null
        ? values.length === 0
        : values.length === 1 && matches(value, values[0]!);
    const shown = values.length > 1 ? values : (values[0] ?? null);
    return right ? [] : [difference(`${what} ${name}`, value, shown)];
  });
}

function body(what: string, expected: Expected["body"], text: string): string[] {
  if (expected === undefined) return [];
  if (typeof expected === "string" || expected instanceof RegExp)
    return matches(expected, text) ? [] : [difference(what, expected, text)];
  try {
    const json: unknown = JSON.parse(text);
    return isDeepStrictEqual(json, expected) ? [] : [difference(what, expected, json)];
  } catch {
    return [`${what}: expected JSON, found ${show(text)}`];
  }
}

function request(
  what: string,
  expected: ExpectedRequest | null,
  found: SeenRequest | null,
): string[] {
  if (expected === null)
    return found ? [difference(what, null, `${found.method} ${found.path}`)] : [];
  if (!found) return [`${what}: expected a request, found none`];
  const differences: string[] = [];
  if (expected.method !== undefined && expected.method !== found.method)
    differences.push(difference(`${what}: method`, expected.method, found.method));
  if (expected.path !== undefined && !matches(expected.path, found.path))
    differences.push(difference(`${what}: path`, expected.path, found.path));
  differences.push(...headers(`${what}: header`, expected.headers, found.headers));
  differences.push(...body(`${what}: body`, expected.body, textOf(found.body)));
  return differences;
}

function logs(expected: Text[], found: string[]): string[] {
  let at = 0;
  for (const line of expected) {
    const index = found.findIndex(
      (one, i) => i >= at && (typeof line === "string" ? one.includes(line) : line.test(one)),
    );
    if (index < 0) return [difference("log", line, found.slice(at))];
    at = index + 1;
  }
  return [];
}
