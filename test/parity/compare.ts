/** Runs a plan in both hosts and keeps what differs. */
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

let runs = 0;

/** Both views of one scenario, and in what they differ. */
export async function compare(
  { envoy, simulator }: Hosts,
  scenario: Scenario,
): Promise<{ expected: View; found: View; lines: string[] }> {
  const id = `n${process.pid}x${++runs}`;
  const found = await simulator.run(scenario, id).catch((error: Error) => failed(error));
  const expected = await envoy.run(scenario, id);
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

/** Eight at a time: most of the time is spent in waiting for sockets. */
export async function compareAll(
  hosts: Hosts,
  scenarios: readonly Scenario[],
): Promise<Difference[]> {
  const found: Difference[] = [];
  let next = 0;
  const work = async (): Promise<void> => {
    for (let index = next++; index < scenarios.length; index = next++) {
      const scenario = scenarios[index]!;
      const { lines } = await compare(hosts, scenario);
      if (lines.length) found.push({ index, scenario, lines });
    }
  };
  await Promise.all(Array.from({ length: 8 }, work));
  return found.sort((a, b) => a.index - b.index);
}
