/** Coverage as an LCOV tracefile, which editors and CI servers read. */
import { resolve } from "node:path";
import type { CoveredFile } from "./files.ts";

export const lcov = (files: readonly CoveredFile[]): string =>
  files.flatMap((one) => recordOf(one).map((line) => `${line}\n`)).join("");

const recordOf = ({ file, lines }: CoveredFile): string[] => [
  "TN:",
  `SF:${resolve(file)}`,
  ...lines.map(({ line, hits }) => `DA:${line},${hits}`),
  `LF:${lines.length}`,
  `LH:${lines.filter(({ hits }) => hits > 0).length}`,
  "end_of_record",
];
