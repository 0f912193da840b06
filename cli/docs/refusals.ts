/** What a policy answers in the upstream's place, read off the cases that show it. */
import type { Case, CaseRequest, Expected } from "../../host-sim/cases.ts";

export type Refusal = [status: string, message: string, shownBy: string];

/** Further ones of a status are in the cases. */
const mostOfAStatus = 4;

export function refusalsOf(cases: readonly Case[]): Refusal[] {
  /** By status, then by message: the first case that shows it. */
  const found = new Map<number, Map<string, string>>();
  for (const one of cases) {
    for (const { expect } of requestsOf(one)) {
      const { status = 200, upstream } = expect;
      const message = messageOf(expect.body);
      // A policy that fails, or has wrong parameters, ends in 500 too; it says nothing then.
      if (status < 400 || upstream !== null || (status === 500 && !message)) continue;
      const of = found.get(status) ?? new Map<string, string>();
      if (!of.has(message)) of.set(message, one.name);
      found.set(status, of);
    }
  }
  return [...found]
    .sort(([a], [b]) => a - b)
    .flatMap(([status, of]) => {
      // A case that does not look at the body says nothing that another does not say better.
      if (of.size > 1) of.delete("");
      return [...of]
        .slice(0, mostOfAStatus)
        .map(([message, name]): Refusal => [String(status), message, name]);
    });
}

export const requestsOf = (one: Case): CaseRequest[] =>
  (one.steps ?? [one]).flatMap((step) =>
    "together" in step ? step.together : isRequest(step) ? [step] : [],
  );

const isRequest = (step: object): step is CaseRequest => "request" in step && "expect" in step;

function messageOf(body: Expected["body"]): string {
  if (body === undefined || body instanceof RegExp) return "";
  try {
    const read = (typeof body === "string" ? JSON.parse(body) : body) as Record<string, unknown>;
    return typeof read["message"] === "string" ? read["message"] : "";
  } catch {
    return "";
  }
}
