/** Lines on standard output. */
import type { Sink } from "./sink.ts";

/** Takes lines that are one text; settles when there is room for more. */
export type Print = (lines: string) => unknown;

export class StdoutSink implements Sink {
  readonly name = "stdout";

  constructor(private readonly print: Print) {}

  async send(lines: readonly string[]): Promise<void> {
    await this.print(lines.join("\n"));
  }

  async close(): Promise<void> {}
}
