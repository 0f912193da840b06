/** What a command may do to the outside: print, and say how it ended. */

export interface Io {
  out(text: string): void;
  err(text: string): void;
  line(text?: string): void;
  json(value: unknown): void;
  /** Columns of text, aligned; nothing is coloured, so a pipe gets the same. */
  table(rows: readonly (readonly string[])[]): void;
  /** What is worth knowing beside what was asked for, on the error stream. */
  remarks(texts: readonly string[]): void;
  /** A passing remark on the terminal's error stream; silent in a pipe. */
  progress(text: string): void;
  /** How far a long piece of work has come, on one line of the terminal; silent in a pipe. */
  bar(done: number, all: number, what: string): void;
  /** What is sent where, for `--verbose`. No secret may be in it. */
  trace(text: string): void;
  /** Nothing but errors. */
  quiet: boolean;
  verbose: boolean;
  /** Errors as JSON, for whoever asked for JSON. */
  jsonErrors: boolean;
  exitCode: number;
}

export function terminal(): Io {
  return io(
    (text) => void process.stdout.write(text),
    (text) => void process.stderr.write(text),
    process.stderr.isTTY === true,
  );
}

export function io(write: (text: string) => void, err: (text: string) => void, lively = false): Io {
  const out = (text: string): void => {
    if (!self.quiet) write(text);
  };
  const self: Io = {
    ...{ exitCode: 0, quiet: false, verbose: false, jsonErrors: false },
    out,
    err,
    trace: (text) => {
      if (self.verbose) err(`${text}\n`);
    },
    line: (text = "") => out(`${text}\n`),
    json: (value) => out(`${JSON.stringify(value, null, 2)}\n`),
    table: (rows) => {
      const widths = (rows[0] ?? []).map((_, i) =>
        Math.max(...rows.map((row) => row[i]?.length ?? 0)),
      );
      for (const row of rows) {
        out(
          `${row
            .map((cell, i) => cell.padEnd(widths[i] ?? 0))
            .join("  ")
            .trimEnd()}\n`,
        );
      }
    },
    remarks: (texts) => {
      if (!self.quiet) for (const text of texts) err(`remark: ${text}\n`);
    },
    progress: (text) => {
      if (lively && !self.quiet) err(`${text}\n`);
    },
    bar: (done, all, what) => {
      if (!lively || self.quiet) return;
      const width = 24;
      const full = Math.round((width * done) / Math.max(all, 1));
      err(`\r[${"#".repeat(full)}${".".repeat(width - full)}] ${done} of ${all} ${what}`);
      if (done >= all) err("\n");
    },
  };
  return self;
}
