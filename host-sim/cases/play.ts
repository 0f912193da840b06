/** Runs one case in one of the two, and says what differs. */
import type { Case, CaseRequest, Step } from "../cases.ts";
import type { Chain } from "../http/routes.ts";
import { check } from "./check.ts";
import type { Loaded, Runner } from "./runner.ts";

export interface Outcome {
  name: string;
  runner: string;
  result: "passed" | "failed" | "skipped";
  /** Why it was skipped, or what differs, line by line. */
  lines: string[];
  /** What was logged of policies that failed, with their names. */
  faults: string[];
  ms: number;
}

/** The policy that `params` means. */
export interface OwnPolicy {
  name: string;
  version: string;
}

/** The longest time that a test waits out in a real Envoy. */
const patienceMs = 2_000;

export async function play(
  one: Case,
  runner: Runner,
  module: Uint8Array | string,
  own: OwnPolicy,
): Promise<Outcome> {
  const started = performance.now();
  const faults: string[] = [];
  const outcome = (result: Outcome["result"], lines: string[] = []): Outcome => ({
    name: one.name,
    runner: runner.name,
    result,
    lines,
    faults,
    ms: performance.now() - started,
  });
  const skipped = reasonToSkip(one, runner);
  if (skipped !== null) return outcome("skipped", [skipped]);
  let loaded: Loaded | undefined;
  try {
    loaded = await runner.load({
      module,
      ...(one.routes ? { routes: one.routes } : { chain: chainOf(one, own) }),
      ...(one.upstream !== undefined && { upstream: one.upstream }),
      ...(one.clusters && { clusters: one.clusters }),
      ...(one.feed && { feed: one.feed }),
      ...(one.clientAuthority !== undefined && { clientAuthority: one.clientAuthority }),
      ...(one.workers !== undefined && { workers: one.workers }),
    });
    const lines = await walk(stepsOf(one), noting(loaded, faults), own);
    return outcome(lines.length ? "failed" : "passed", lines);
  } catch (error) {
    return outcome("failed", [(error as Error).message]);
  } finally {
    await loaded?.close();
  }
}

/** The engine's line about a policy that failed, or whose parameters are not what its schema asks for. */
const fault = /\bpolicy \S+ (v\d+ )?failed: .*|\binvalid chain: .*?(?= \(error id|$)/;

const noting = (loaded: Loaded, faults: string[]): Loaded => ({
  ...loaded,
  request: async (request) => {
    const answer = await loaded.request(request);
    for (const line of answer.logs) {
      const [found] = fault.exec(line) ?? [];
      if (found !== undefined && !faults.includes(found)) faults.push(found);
    }
    return answer;
  },
});

function reasonToSkip(one: Case, runner: Runner): string | null {
  if (one.only && one.only.runner !== runner.name) return one.only.because;
  if (runner.name === "simulator") return null;
  const waits = stepsOf(one).map((step) => ("advanceMs" in step ? step.advanceMs : 0));
  const longest = Math.max(0, ...waits);
  return longest > patienceMs
    ? `time passes: ${longest} ms, and a real Envoy cannot skip them`
    : null;
}

const stepsOf = (one: Case): Step[] =>
  one.steps ?? [{ request: one.request ?? { path: "/" }, expect: one.expect ?? {} }];

export function chainOf(one: Pick<Case, "chain" | "params">, own: OwnPolicy): Chain {
  if (!one.chain) return ownChain(own, one.params);
  return Array.isArray(one.chain) ? { policies: one.chain } : one.chain;
}

const ownChain = ({ name, version }: OwnPolicy, params?: object): Chain => ({
  policies: [{ name, version, ...(params && { params }) }],
});

async function walk(steps: Step[], loaded: Loaded, own: OwnPolicy): Promise<string[]> {
  const lines: string[] = [];
  const several = steps.length > 1;
  for (const [index, step] of steps.entries()) {
    const where = several ? `step ${index + 1}: ` : "";
    if ("advanceMs" in step) await loaded.advance(step.advanceMs);
    else if ("feed" in step) await loaded.feed(step.feed);
    else if ("params" in step) await loaded.setChain(ownChain(own, step.params));
    else {
      const requests = "together" in step ? step.together : [step];
      const found = await Promise.all(requests.map((one) => ask(one, loaded)));
      lines.push(...found.flat().map((line) => where + line));
    }
  }
  return lines;
}

const ask = async ({ request, expect }: CaseRequest, loaded: Loaded): Promise<string[]> =>
  check(await loaded.request(request), expect);
