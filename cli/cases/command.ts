/** Prints outcomes as they come, and how many there were. */
import { simulatorRunner } from "../../host-sim/index.ts";
import { UserError } from "../../controller/errors.ts";
import type { Io } from "../io.ts";
import { shelfFolders } from "../run/shelf.ts";
import { junit } from "./junit.ts";
import { playAll } from "./play-all.ts";

export async function testPolicies(
  folders: readonly string[],
  options: { reporter: string; json?: boolean },
  io: Io,
): Promise<void> {
  if (!["lines", "junit"].includes(options.reporter)) {
    throw new UserError(`--reporter: expected lines or junit, found ${options.reporter}`);
  }
  const lines = options.reporter === "lines" && !options.json;
  const all = folders.length ? folders : await shelfFolders();
  const outcomes = await playAll(all, [simulatorRunner()], (one) => {
    if (!lines) return;
    const mark = one.result === "passed" ? "ok  " : one.result === "failed" ? "FAIL" : "skip";
    io.line(`${mark} ${one.policy}: ${one.name}`);
    for (const line of one.lines) io.line(`       ${line}`);
  });
  const count = (result: string): number => outcomes.filter((one) => one.result === result).length;
  if (options.json) io.json(outcomes);
  else if (options.reporter === "junit") io.out(junit(outcomes));
  else io.line(`${count("passed")} passed, ${count("failed")} failed, ${count("skipped")} skipped`);
  if (count("failed")) io.exitCode = 1;
}
