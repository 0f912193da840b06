/**
 * Counts of statements as lines of files. A line ran if every statement that begins on it did: of
 * `if (bad) return request.deny(403)` the refusal counts too.
 */
import { join, relative } from "node:path";
import type { Statement } from "../../build/syntax/coverage.ts";

export interface CoveredFile {
  /** From here. */
  file: string;
  /** Lines that begin a statement, in order, with how often the rarest of its statements ran. */
  lines: { line: number; hits: number }[];
  statements: (Statement & { hits: number })[];
}

export interface Share {
  covered: number;
  all: number;
  percent: number;
}

export function coveredFiles(
  statements: readonly Statement[],
  hits: readonly number[],
  folderOf: ReadonlyMap<string, string>,
): CoveredFile[] {
  const files = new Map<string, CoveredFile>();
  statements.forEach((statement, i) => {
    const [, policy = "", rest = ""] = /^policies\/([^/]+)\/(.+)$/.exec(statement.source) ?? [];
    const file = relative(".", join(folderOf.get(policy) ?? policy, rest));
    const one = files.get(file) ?? { file, lines: [], statements: [] };
    files.set(file, one);
    one.statements.push({ ...statement, hits: hits[i] ?? 0 });
  });
  for (const one of files.values()) {
    one.statements.sort((a, b) => a.line - b.line || a.column - b.column);
    for (const { line, hits: ran } of one.statements) {
      const last = one.lines.at(-1);
      if (last?.line === line) last.hits = Math.min(last.hits, ran);
      else one.lines.push({ line, hits: ran });
    }
  }
  return [...files.values()].sort((a, b) => (a.file < b.file ? -1 : 1));
}

export function share(files: readonly CoveredFile[]): Share {
  const lines = files.flatMap((one) => one.lines);
  const covered = lines.filter((one) => one.hits > 0).length;
  return { covered, all: lines.length, percent: percent(covered, lines.length) };
}

/** With one digit, and 100 only for all: 999 of 1,000 are 99.9. */
const percent = (covered: number, all: number): number =>
  all === 0 ? 100 : Math.floor((1000 * covered) / all) / 10;

/** Lines that did not run, those that follow each other as one range: `12-14, 20`. */
export function missed({ lines }: CoveredFile): string {
  const ranges: [number, number][] = [];
  lines.forEach(({ line, hits }, i) => {
    if (hits > 0) return;
    const last = ranges.at(-1);
    if (last && last[1] === lines[i - 1]?.line) last[1] = line;
    else ranges.push([line, line]);
  });
  return ranges.map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`)).join(", ");
}
