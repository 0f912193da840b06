import { AsyncResource } from "node:async_hooks";

/** Something happened: raised often, heard at most once per `restMs`, and waited for by whoever needs to. */
export class Signal {
  private readonly waiting = new Set<() => void>();
  private readonly listeners: (() => void | Promise<void>)[] = [];
  /** Who listens works for nobody in particular, whoever raised it. */
  private readonly scope = new AsyncResource("Signal");
  private timer: NodeJS.Timeout | null = null;
  private running = false;
  private again = false;
  private closed = false;

  constructor(
    private readonly failed: (error: unknown) => void,
    private readonly restMs = 10,
  ) {}

  raise(): void {
    if (this.closed) return;
    if (this.running) this.again = true;
    else
      this.timer ??= setTimeout(
        () => void this.scope.runInAsyncScope(() => this.hear()),
        this.restMs,
      );
  }

  /** Runs after each raise; several raises in a short time count as one. */
  each(listener: () => void | Promise<void>): void {
    this.listeners.push(listener);
  }

  /** Settles at the next raise, or when the time is over. */
  next(timeoutMs: number): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        this.waiting.delete(done);
        resolve();
      };
      const timer = setTimeout(done, timeoutMs);
      this.waiting.add(done);
    });
  }

  close(): void {
    this.closed = true;
    if (this.timer) clearTimeout(this.timer);
    this.waiting.forEach((done) => done());
  }

  private async hear(): Promise<void> {
    this.timer = null;
    this.running = true;
    this.again = false;
    for (const listener of this.listeners)
      try {
        await listener();
      } catch (error) {
        this.failed(error);
      }
    this.running = false;
    this.waiting.forEach((done) => done());
    if (this.again) this.raise();
  }
}
