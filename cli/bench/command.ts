/** `ap policy bench`: what each case of some policies costs a request, against the same request without a policy. */
import { UserError } from "../../controller/errors.ts";
import type { Case } from "../../host-sim/cases.ts";
import { check, type OwnPolicy } from "../../host-sim/index.ts";
import { build } from "../build/index.ts";
import { companions } from "../cases/companions.ts";
import { loadCases } from "../cases/load.ts";
import type { Io } from "../io.ts";
import { envoyHost, setupOf, simulatorHost, type BenchHost } from "./hosts.ts";
import { compare, type Figures, type Rounds } from "./rounds.ts";

export interface BenchOptions {
  envoy?: boolean;
  json?: boolean;
  case?: string;
  rounds: string;
  requests?: string;
}

export interface Row extends Figures {
  policy: string;
  case: string;
  host: string;
  rounds: number;
  requests: number;
  /** What the last request was answered differently from the first; null if nothing. */
  changed: string | null;
}

interface Skipped {
  policy: string;
  case: string;
  because: string;
}

/** Enough for some 20 ms of work in a round. */
const requestsOf = { simulator: 1000, envoy: 400 };

export async function benchPolicies(
  folders: readonly string[],
  options: BenchOptions,
  io: Io,
): Promise<void> {
  const rounds = atLeastOne("--rounds", options.rounds);
  const requests =
    options.requests === undefined ? null : atLeastOne("--requests", options.requests);
  const cases = new Map(
    await Promise.all(folders.map(async (folder) => [folder, await loadCases(folder)] as const)),
  );
  const { wasm, policies } = await build([...folders, ...(await companions(folders, cases))]);
  const hosts = [simulatorHost(), ...(options.envoy ? [envoyHost(io.progress)] : [])];
  const rows: Row[] = [];
  const skipped: Skipped[] = [];
  try {
    for (const { name, version, folder } of policies) {
      const own = { name, version: `v${version.split(".")[0]}` };
      for (const one of cases.get(folder) ?? []) {
        if (options.case !== undefined && !one.name.includes(options.case)) continue;
        for (const host of hosts) {
          const because = reasonToSkip(one, host);
          if (because !== null) {
            skipped.push({ policy: name, case: one.name, because });
            continue;
          }
          io.progress(`${name} on ${host.name}: ${one.name}`);
          const count = { rounds, requests: requests ?? requestsOf[host.name] };
          rows.push(await measure(one, own, host, wasm, count));
        }
      }
    }
  } finally {
    for (const host of hosts) await host.close();
  }
  if (rows.length === 0)
    throw new UserError("no case can be measured: expected one with a single request that passes");
  if (options.json) return io.json({ rows, skipped });
  print(rows, skipped, io);
}

async function measure(
  one: Case,
  own: OwnPolicy,
  host: BenchHost,
  module: Uint8Array,
  count: Rounds,
): Promise<Row> {
  const contest = await host.load(setupOf(one, own, module), one.request ?? { path: "/" });
  try {
    const first = await contest.ask();
    const figures = await compare(contest.bare, contest.own, count);
    const changed = check(await contest.ask(), { status: first.status })[0] ?? null;
    return { policy: own.name, case: one.name, host: host.name, ...count, ...figures, changed };
  } finally {
    await contest.close();
  }
}

/** A request is sent again and again: what hangs up, or needs others before it, cannot be. */
function reasonToSkip(one: Case, host: BenchHost): string | null {
  if (one.only && one.only.runner !== host.name) return one.only.because;
  if (one.steps) return "it has several steps";
  if (one.routes) return "it has routes of its own";
  if (one.request?.disconnect !== undefined) return "its client hangs up";
  if (one.request?.scheme === "https") return "its client speaks TLS";
  return null;
}

function atLeastOne(option: string, text: string): number {
  const number = Number(text);
  if (Number.isInteger(number) && number > 0) return number;
  throw new UserError(`${option}: expected a number from 1, found ${text}`);
}

/** Half of the rounds further apart than this part of their median say more of the machine than of the policy. */
const noisy = 0.1;

function print(rows: readonly Row[], skipped: readonly Skipped[], io: Io): void {
  const heads = ["policy", "host", "µs", "without", "added", "ratio", "half of the rounds", "case"];
  io.table([
    heads,
    ...rows.map((row) => [
      row.policy,
      row.host,
      ...[row.micros, row.bareMicros, row.addedMicros].map((micros) => micros.toFixed(1)),
      row.ratio.toFixed(2),
      `${row.lowerQuarter.toFixed(2)} to ${row.upperQuarter.toFixed(2)}`,
      row.changed === null ? row.case : `${row.case} (repeated: ${row.changed})`,
    ]),
  ]);
  const sizes = new Set(rows.map((row) => `${row.requests} requests in ${row.host}`));
  io.line(
    `processor time of a request, medians of ${rows[0]?.rounds} rounds taken in turn: ${[...sizes].join(", ")}`,
  );
  const wide = rows.filter((row) => row.upperQuarter - row.lowerQuarter > noisy * row.ratio);
  if (wide.length)
    io.line(
      `${wide.length} of ${rows.length} vary by more than 10 %: a busy machine, or too few rounds`,
    );
  if (skipped.length) io.line(`${skipped.length} not measured: see --json`);
}
