/**
 * Standard output and error of a process that runs on, whoever reads them: a reader that is slow or gone costs lines, which
 * are counted, and neither memory nor the process. Pipes are written without waiting; a terminal that was stopped with
 * Ctrl-S still stops the process.
 */
import { once } from "node:events";
import type { Io } from "../io.ts";

/** Bytes that may wait for a reader of the log. */
const mostWaiting = 1 << 20;

export type Stream = Pick<
  NodeJS.WriteStream,
  "destroyed" | "on" | "once" | "off" | "writableLength" | "writableNeedDrain"
>;

export interface Output {
  /** Settles when whoever reads standard output has room for more, which may be never; rejects when nobody does any more. */
  print(line: string): Promise<void>;
  log(line: string): void;
}

export function patientOutput(
  io: Pick<Io, "out" | "err">,
  out: Stream = process.stdout,
  err: Stream = process.stderr,
): Output {
  // Without a listener, a reader that went would end the process.
  for (const stream of [out, err]) stream.on("error", () => {});
  let lost = 0;
  return {
    print: async (line) => {
      if (out.destroyed) throw new Error("nobody reads it any more");
      io.out(`${line}\n`);
      if (out.writableNeedDrain) await once(out as NodeJS.WriteStream, "drain");
    },
    log: (line) => {
      if (err.destroyed || err.writableLength > mostWaiting) return void lost++;
      if (lost > 0) io.err(`here ${lost} lines are missing, which nobody read in time\n`);
      lost = 0;
      io.err(`${line}\n`);
    },
  };
}
