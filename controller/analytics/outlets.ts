/** The queues of one kind of event, one for each place where they go. */
import type { Outputs } from "./options.ts";
import { Queue, type QueueCounts } from "./queue.ts";
import { FileSink } from "./sinks/file.ts";
import { HttpSink } from "./sinks/http.ts";
import type { Sink } from "./sinks/sink.ts";
import { StdoutSink, type Print } from "./sinks/stdout.ts";
import { SyslogSink } from "./sinks/syslog.ts";

export interface Surroundings {
  print: Print;
  log: (line: string) => void;
}

/** What is near costs little to tell, and should be seen soon. */
const near = { batch: { size: 500, bytes: 262_144, everyMs: 200 }, retries: 3 };

export class Outlets {
  private readonly queues: Queue[];

  constructor(
    /** What the events are called in metrics. */
    readonly name: string,
    outputs: Outputs,
    { print, log }: Surroundings,
  ) {
    const { stdout, file, http, syslog, queueSize: capacity } = outputs;
    const queue = (sink: Sink, { batch, retries } = near) =>
      new Queue({ sink, capacity, batch, retries, log });
    this.queues = [
      ...(stdout ? [queue(new StdoutSink(print))] : []),
      ...(file ? [queue(new FileSink(file))] : []),
      ...(http ? [queue(new HttpSink(http), http)] : []),
      ...(syslog ? [queue(new SyslogSink(syslog))] : []),
    ];
  }

  /** Makes the event only if somebody has room for it. */
  add(make: () => object): void {
    const open = this.queues.filter((queue) => !queue.isFull);
    const text = open.length > 0 ? JSON.stringify(make()) : "";
    for (const queue of this.queues)
      if (open.includes(queue)) queue.add(text);
      else queue.drop(1);
  }

  /** The same for a line that is there already. */
  addLine(line: string): void {
    for (const queue of this.queues) queue.add(line);
  }

  counts(): QueueCounts[] {
    return this.queues.map((queue) => queue.counts());
  }

  async close(): Promise<void> {
    await Promise.all(this.queues.map((queue) => queue.close()));
  }
}
