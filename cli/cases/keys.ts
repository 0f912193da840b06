/** Which words a case may say. A misspelt one would expect nothing, and its case pass whatever the policy does. */
import { closest } from "../../controller/config/closest.ts";
import type { Case, CaseRequest, Expected, ExpectedRequest, Step } from "../../host-sim/cases.ts";
import type { Request } from "../../host-sim/setup.ts";

type KeysOf<T> = T extends unknown ? keyof T : never;
/** The words below each, where those are looked at too. */
type Words<T> = { readonly [word in KeysOf<T> & string]: Readonly<Record<string, unknown>> | null };

const expectedRequest: Words<ExpectedRequest> = {
  method: null,
  path: null,
  headers: null,
  body: null,
};

const expected: Words<Expected> = {
  status: null,
  headers: null,
  body: null,
  upstream: expectedRequest,
  callouts: { ...expectedRequest, cluster: null },
  logs: null,
  cut: null,
};

const request: Words<Request> = {
  method: null,
  path: null,
  headers: null,
  body: null,
  trailers: null,
  metadata: null,
  chunkDelayMs: null,
  disconnect: null,
  worker: null,
  scheme: null,
  clientCertificate: null,
  clientAddress: null,
};

const exchange: Words<CaseRequest> = { request, expect: expected };

const step: Words<Step> = {
  ...exchange,
  together: exchange,
  advanceMs: null,
  feed: null,
  params: null,
};

const words: Words<Case> = {
  ...exchange,
  name: null,
  example: null,
  params: null,
  chain: null,
  routes: null,
  upstream: null,
  clusters: null,
  feed: null,
  steps: step,
  workers: null,
  clientAuthority: null,
  only: { runner: null, because: null },
};

/** What is wrong with the first word that no case has, or null. */
export function unknownWord(one: Case): string | null {
  return look(one, words, "");
}

function look(value: unknown, known: Readonly<Record<string, unknown>>, at: string): string | null {
  if (typeof value !== "object" || value === null) return null;
  if (Array.isArray(value))
    return first(value.map((one, i) => () => look(one, known, `${at}[${i}]`)));
  return first(
    Object.entries(value).map(([word, inner]) => () => {
      const path = at ? `${at}.${word}` : word;
      if (!(word in known)) return `${path}: is no word of a case${meant(word, known)}`;
      const below = known[word] as Readonly<Record<string, unknown>> | null;
      return below && look(inner, below, path);
    }),
  );
}

function meant(word: string, known: object): string {
  const near = closest(word, Object.keys(known));
  return near ? `; did you mean ${near}?` : `; expected one of ${Object.keys(known).join(", ")}`;
}

const first = (asked: readonly (() => string | null)[]): string | null => {
  for (const ask of asked) {
    const found = ask();
    if (found !== null) return found;
  }
  return null;
};
