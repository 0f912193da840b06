/**
 * Vitest matchers for answers: `expect.extend(matchers)`. A failure shows the whole answer, the policy that decided and
 * what was logged, with the source line of a fault.
 */
import type { Expected } from "./cases.ts";
import { check } from "./cases/check.ts";
import { LogLevel } from "../sdk/abi.ts";
import type { Answer } from "./setup.ts";

interface MatcherResult {
  pass: boolean;
  message(): string;
}

function judge(answer: Answer, expected: Expected): MatcherResult {
  const differences = check(
    { ...answer, text: answer.text, logs: answer.logs.map(({ message }) => message) },
    expected,
  );
  return {
    pass: differences.length === 0,
    message: () =>
      differences.length
        ? [...differences, "", describeAnswer(answer)].join("\n")
        : `the answer has all of ${JSON.stringify(expected)}\n${describeAnswer(answer)}`,
  };
}

export const matchers = {
  /** Everything that a case can expect. */
  toAnswer: judge,
  toHaveStatus: (answer: Answer, status: number) => judge(answer, { status }),
  toHaveHeader: (answer: Answer, name: string, value: string | RegExp | null = /(?:)/) =>
    judge(answer, { headers: { [name]: value } }),
  toReachUpstream: (answer: Answer, request: NonNullable<Expected["upstream"]> = {}) =>
    judge(answer, { upstream: request }),
  toBeDecidedBy: (answer: Answer, policy: string): MatcherResult => ({
    pass: answer.decidedBy === policy,
    message: () => `decided by ${answer.decidedBy ?? "the upstream"}\n${describeAnswer(answer)}`,
  }),
};

/** What happened, for a reader. */
export function describeAnswer(answer: Answer): string {
  const { status, headers, text, upstream, callouts, logs, faults, decidedBy, details, cut } =
    answer;
  return [
    `answer: ${status || "none"} (${details || "no details"})${decidedBy ? `, decided by ${decidedBy}` : ""}`,
    ...headers.map(([name, value]) => `  ${name}: ${value}`),
    ...(text ? [`  ${text.length > 500 ? `${text.slice(0, 500)}…` : text}`] : []),
    ...(cut ? [`cut off: ${cut}`] : []),
    upstream
      ? `upstream: ${upstream.method} ${upstream.path}\n${upstream.headers.map(([name, value]) => `  ${name}: ${value}`).join("\n")}`
      : "upstream: saw nothing",
    ...callouts.map(
      ({ cluster, method, path, result }) => `callout to ${cluster}: ${method} ${path} → ${result}`,
    ),
    ...logs.map(({ level, filter, message }) => `${LogLevel[level]} ${filter}: ${message}`),
    ...faults.map((where) => `fault at ${where}`),
  ].join("\n");
}

interface AnswerMatchers<R> {
  toAnswer(expected: Expected): R;
  toHaveStatus(status: number): R;
  toHaveHeader(name: string, value?: string | RegExp | null): R;
  toReachUpstream(request?: NonNullable<Expected["upstream"]>): R;
  toBeDecidedBy(policy: string): R;
}

declare module "vitest" {
  // The parameter's name must be vitest's own.
  interface Matchers<T = any> extends AnswerMatchers<T> {}
}
