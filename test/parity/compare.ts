/** Runs a plan in both hosts and keeps what differs. */
import { randomBytes } from "node:crypto";
import type { Host, Scenario, View } from "./scenario.ts";
import { differences } from "./view.ts";

export interface Difference {
  index: number;
  scenario: Scenario;
  lines: string[];
}

export interface Hosts {
  envoy: Host;
  simulator: Host;
}

/** Names a run, for whatever it leaves in logs and at services. */
const nextId = (): string => `n${randomBytes(5).toString("hex")}`;

/** Both views of one scenario, and in what they differ. */
export async function compare(
  { envoy, simulator }: Hosts,
  scenario: Scenario,
): Promise<{ expected: View; found: View; lines: string[] }> {
  const id = nextId();
  const found = await simulator.run(scenario, id).catch(failed);
  const expected = await envoy.run(scenario, id, found);
  return { expected, found, lines: differences(expected, found) };
}

/** A simulator that throws differs in everything. */
const failed = (error: Error): View => ({
  status: -1,
  headers: [],
  body: error.message,
  cut: false,
  upstream: null,
  callouts: [],
  log: [],
});

/** The simulator one by one, for its time is virtual; Envoy eight at a time, for most of its time is waiting. */
export async function compareAll(
  { envoy, simulator }: Hosts,
  scenarios: readonly Scenario[],
): Promise<Difference[]> {
  const ids = scenarios.map(nextId);
  const views: View[] = [];
  for (const [index, scenario] of scenarios.entries())
    views.push(await simulator.run(scenario, ids[index]!).catch(failed));
  const found: Difference[] = [];
  let next = 0;
  const work = async (): Promise<void> => {
    for (let index = next++; index < scenarios.length; index = next++) {
      const scenario = scenarios[index]!;
      const seen = await envoy.run(scenario, ids[index]!, views[index]);
      const lines = differences(seen, views[index]!);
      if (lines.length) found.push({ index, scenario, lines });
    }
  };
  await Promise.all(Array.from({ length: 8 }, work));
  // What does not show each time came of eight requests at a time on a busy machine.
  const lasting: Difference[] = [];
  for (const one of found.sort((a, b) => a.index - b.index)) {
    let { lines } = one;
    for (let again = 0; again < 2 && lines.length; again++)
      ({ lines } = await compare({ envoy, simulator }, one.scenario));
    if (lines.length) lasting.push({ ...one, lines });
  }
  return lasting;
}
