/** Time that moves only when it is told to, so a test of an hour takes none. */
export interface Timer {
  readonly at: number;
  readonly run: () => void;
  cancelled: boolean;
}

export class Clock {
  #timers: Timer[] = [];

  /** Milliseconds since 1970. */
  now: number;

  constructor(start: number | Date) {
    this.now = Number(start);
  }

  /** Timers of the same moment run in the order in which they were set. */
  after(ms: number, run: () => void): Timer {
    const timer: Timer = { at: this.now + ms, run, cancelled: false };
    let index = this.#timers.length;
    while (index > 0 && this.#timers[index - 1]!.at > timer.at) index--;
    this.#timers.splice(index, 0, timer);
    return timer;
  }

  cancel(timer: Timer | undefined): void {
    if (!timer || timer.cancelled) return;
    timer.cancelled = true;
    const index = this.#timers.indexOf(timer);
    if (index >= 0) this.#timers.splice(index, 1);
  }

  #second = NaN;
  #date = "";

  /** Formatting a date costs more than a small filter does; within a second it stays the same. */
  httpDate(): string {
    const second = Math.floor(this.now / 1000);
    if (second !== this.#second) {
      this.#second = second;
      this.#date = new Date(second * 1000).toUTCString();
    }
    return this.#date;
  }

  /** A moment, or a span, in nanoseconds. Exact: as one double, today's would be off by up to 128 of them. */
  nanoseconds(ms = this.now): bigint {
    const whole = Math.floor(ms);
    return BigInt(whole) * 1_000_000n + BigInt(Math.round((ms - whole) * 1e6));
  }

  /** How many timers wait. */
  get pending(): number {
    return this.#timers.length;
  }

  /** The moment of the next timer. */
  get next(): number | undefined {
    return this.#timers[0]?.at;
  }

  /** Moves time forward and runs what falls due on the way, each at its own moment. */
  advance(ms: number): void {
    const end = this.now + ms;
    while (this.#timers.length > 0 && this.#timers[0]!.at <= end) this.step();
    this.now = end;
  }

  /** Jumps to the next timer and runs it. */
  step(): boolean {
    const timer = this.#timers.shift();
    if (!timer) return false;
    this.now = Math.max(this.now, timer.at);
    timer.cancelled = true;
    timer.run();
    return true;
  }
}
