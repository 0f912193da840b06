/**
 * What waits for a sink: bounded in number and bytes, handed over in batches. Whoever adds never waits; what does not fit,
 * and what the sink did not take after its retries, is dropped and counted.
 */
import { reason } from "../errors.ts";
import { Refused, type Sink } from "./sinks/sink.ts";

/** Handed over when it has so many, or so many bytes, or its first waited so long. */
export interface Batch {
  size: number;
  bytes: number;
  everyMs: number;
}

export interface QueueOptions {
  sink: Sink;
  /** How many may wait. */
  capacity: number;
  batch: Batch;
  /** How often a batch is tried again, after pauses that double. */
  retries: number;
  log: (line: string) => void;
}

export interface QueueCounts {
  sink: string;
  written: number;
  dropped: number;
  /** Batches that the sink did not take, every try counted. */
  failures: number;
  depth: number;
  capacity: number;
}

/** Memory for what waits, beside the number. */
const mostBytes = 32 << 20;
const firstPauseMs = 500;
/** A sink that fails says so this often, not with each batch. */
const complainEveryMs = 60_000;

export class Queue {
  private waiting: string[] = [];
  private waitingBytes = 0;
  private timer: NodeJS.Timeout | null = null;
  private working: Promise<void> | null = null;
  private closing = false;
  private wake = () => {};
  private complainedAt = -Infinity;
  private readonly counted = { written: 0, dropped: 0, failures: 0 };

  constructor(private readonly options: QueueOptions) {}

  get isFull(): boolean {
    return this.waiting.length >= this.options.capacity || this.waitingBytes >= mostBytes;
  }

  add(text: string): void {
    if (this.isFull || this.closing) return this.drop(1);
    this.waiting.push(text);
    this.waitingBytes += text.length;
    const { size, bytes, everyMs } = this.options.batch;
    if (this.waiting.length >= size || this.waitingBytes >= bytes || this.isFull) this.work();
    else this.timer ??= setTimeout(() => this.work(), everyMs);
  }

  drop(count: number): void {
    this.counted.dropped += count;
  }

  counts(): QueueCounts {
    const { sink, capacity } = this.options;
    return { sink: sink.name, ...this.counted, depth: this.waiting.length, capacity };
  }

  /** What waits is tried once more for at most `graceMs`. */
  async close(graceMs = 2_000): Promise<void> {
    this.closing = true;
    this.wake();
    this.work();
    const end = new AbortController();
    const timer = setTimeout(() => end.abort(), graceMs);
    const given = new Promise((resolve) => end.signal.addEventListener("abort", resolve));
    await Promise.race([this.working, given]);
    clearTimeout(timer);
    this.drop(this.waiting.splice(0).length);
    await this.options.sink.close();
  }

  private work(): void {
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
    this.working ??= this.drain().finally(() => (this.working = null));
  }

  private async drain(): Promise<void> {
    while (this.waiting.length > 0) await this.handOver(this.take());
  }

  private take(): string[] {
    const { size, bytes } = this.options.batch;
    let count = 0;
    let taken = 0;
    while (count < this.waiting.length && count < size && (count === 0 || taken < bytes))
      taken += this.waiting[count++]!.length;
    this.waitingBytes -= taken;
    return this.waiting.splice(0, count);
  }

  private async handOver(batch: string[]): Promise<void> {
    const { sink, retries } = this.options;
    for (let attempt = 0; ; attempt++) {
      try {
        await sink.send(batch);
        this.counted.written += batch.length;
        return;
      } catch (error) {
        this.counted.failures++;
        this.complain(error);
        const final = error instanceof Refused || this.closing || attempt >= retries;
        if (final) return this.drop(batch.length);
        await this.pause(firstPauseMs * 2 ** attempt);
      }
    }
  }

  private complain(error: unknown): void {
    const now = performance.now();
    if (now - this.complainedAt < complainEveryMs) return;
    this.complainedAt = now;
    const { sink, log } = this.options;
    log(
      `${sink.name}: cannot be written: ${reason(error)}; dropped ${this.counted.dropped} so far`,
    );
  }

  private pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
