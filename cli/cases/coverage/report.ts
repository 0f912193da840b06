/** `--coverage`: a table of files with the lines that no case reached, a tracefile, and the least that is demanded. */
import { mkdir, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { UserError } from "../../../controller/errors.ts";
import type { Io } from "../../io.ts";
import { missed, share, type CoveredFile } from "./files.ts";
import { lcov } from "./lcov.ts";

export interface CoverageOptions {
  coverage?: boolean;
  coverageMin?: string;
  coverageLcov?: string;
}

/** The other two imply the first. */
export const wantsCoverage = (options: CoverageOptions): boolean =>
  Boolean(options.coverage) ||
  options.coverageMin !== undefined ||
  options.coverageLcov !== undefined;

/** Null if nothing is demanded. */
export function leastOf({ coverageMin }: CoverageOptions): number | null {
  if (coverageMin === undefined) return null;
  const least = Number(coverageMin);
  if (coverageMin.trim() === "" || !(least >= 0 && least <= 100))
    throw new UserError(
      `--coverage-min: expected a percentage from 0 to 100, found ${coverageMin}`,
    );
  return least;
}

export const coverageTable = (files: readonly CoveredFile[]): string[][] => [
  ["file", "lines", "covered", "%", "not covered"],
  ...files.map((one) => [one.file, ...cells([one]), missed(one)]),
  ["all files", ...cells(files), ""],
];

function cells(files: readonly CoveredFile[]): string[] {
  const { all, covered, percent } = share(files);
  return [String(all), String(covered), percent.toFixed(1)];
}

export const coverageJson = (files: readonly CoveredFile[]): object => ({
  ...share(files),
  files: files.map((one) => ({
    file: one.file,
    ...share([one]),
    missed: one.lines.filter(({ hits }) => hits === 0).map(({ line }) => line),
  })),
});

/** Writes the tracefile; false if too little is covered, which is told. */
export async function settle(
  files: readonly CoveredFile[],
  options: CoverageOptions,
  io: Io,
): Promise<boolean> {
  if (options.coverageLcov !== undefined) {
    await mkdir(dirname(options.coverageLcov), { recursive: true });
    await writeFile(options.coverageLcov, lcov(files));
  }
  const least = leastOf(options);
  const { percent, covered, all } = share(files);
  if (least === null || percent >= least) return true;
  io.err(`coverage: expected ${least} % of lines, found ${percent} % (${covered} of ${all})\n`);
  return false;
}
