/** Lines on standard output. */
import type { Sink } from "./sink.ts";

export class StdoutSink implements Sink {
  readonly name = "stdout";

  constructor(private readonly print: (line: string) => void) {}

  async send(lines: readonly string[]): Promise<void> {
    for (const line of lines) this.print(line);
  }

  async close(): Promise<void> {}
}
