/** `ap policy test`: plays cases, prints outcomes as they come, and how many there were. */
import { envoyRunner } from "../../controller/lab/runner.ts";
import { UserError } from "../../controller/errors.ts";
import { watchPaths } from "../dev/watch.ts";
import type { Io } from "../io.ts";
import { report } from "../report.ts";
import { shelfFolders } from "../run/shelf.ts";
import { aborted } from "../signal.ts";
import { coverageJson, coverageTable } from "./coverage/report.ts";
import { leastOf, settle, wantsCoverage, type CoverageOptions } from "./coverage/report.ts";
import { junit } from "./junit.ts";
import { playAll, type Hosts, type PolicyOutcome } from "./play-all.ts";

export interface TestOptions extends CoverageOptions {
  reporter: string;
  json?: boolean;
  envoy?: boolean;
  watch?: boolean;
}

/** With `watch` until `signal` is aborted. */
export async function testPolicies(
  folders: readonly string[],
  options: TestOptions,
  io: Io,
  signal: AbortSignal,
): Promise<void> {
  if (!["lines", "junit"].includes(options.reporter))
    throw new UserError(`--reporter: expected lines or junit, found ${options.reporter}`);
  leastOf(options);
  const all = folders.length ? folders : await shelfFolders();
  const envoy = options.envoy ? envoyRunner({ progress: io.progress }) : null;
  const hosts = { envoy, coverage: wantsCoverage(options) };
  try {
    if (options.watch) await playOnSave(all, hosts, options, io, signal);
    else if (!(await playOnce(all, hosts, options, io))) io.exitCode = 1;
  } finally {
    await envoy?.close();
  }
}

/** Whether no case failed, and enough is covered. */
async function playOnce(
  folders: readonly string[],
  hosts: Hosts,
  options: TestOptions,
  io: Io,
): Promise<boolean> {
  const lines = options.reporter === "lines" && !options.json;
  const { outcomes, covered } = await playAll(folders, hosts, (one) => {
    if (lines) for (const line of linesOf(one, hosts.envoy !== null)) io.line(line);
  });
  const count = (result: string): number => outcomes.filter((one) => one.result === result).length;
  const { coverage } = hosts;
  if (options.json) io.json(coverage ? { outcomes, coverage: coverageJson(covered) } : outcomes);
  else if (options.reporter === "junit") io.out(junit(outcomes));
  else io.line(`${count("passed")} passed, ${count("failed")} failed, ${count("skipped")} skipped`);
  if (coverage && lines) io.table(coverageTable(covered));
  const enough = !coverage || (await settle(covered, options, io));
  return enough && count("failed") === 0;
}

const marks = { passed: "ok  ", failed: "FAIL", skipped: "skip" };

const linesOf = (one: PolicyOutcome, several: boolean): string[] => [
  `${marks[one.result]} ${one.policy}${several ? ` on ${one.runner}` : ""}: ${one.name}`,
  ...one.lines.map((line) => `       ${line}`),
];

/** All at first, then those folders that change; what cannot be built is told, and the next save tried. */
async function playOnSave(
  folders: readonly string[],
  hosts: Hosts,
  options: TestOptions,
  io: Io,
  signal: AbortSignal,
): Promise<void> {
  let last = Promise.resolve();
  const play = (changed: readonly string[]): void => {
    last = last.then(async () => {
      if (signal.aborted) return;
      await playOnce(changed, hosts, options, io).catch((error: unknown) => report(error, io));
      io.progress("waiting for changes …");
    });
  };
  const watcher = await watchPaths(folders, play);
  play(folders);
  await aborted(signal);
  watcher.close();
  await last;
}
