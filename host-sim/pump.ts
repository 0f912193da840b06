/**
 * How time moves in the simulator: while someone waits for an answer and nothing else can happen, to the next timer; with
 * the machine's, for a server; or by the test alone. A request that nothing will ever end is a hang.
 */
import { HangError } from "./errors.ts";
import type { Exchange } from "./http/exchange.ts";
import type { Waiting } from "./http/upstream.ts";
import type { Setup } from "./setup.ts";
import type { Clock } from "./state/clock.ts";

/** How long a request may do nothing before Envoy gives it up. */
const idleMs = 300_000;

export class Pump {
  /** Requests under way, and whom to tell of what is wrong with them. */
  readonly active = new Map<Exchange, (error: Error) => void>();
  readonly waiting: Waiting = { count: 0, changed: () => this.run() };
  #running = false;
  #posted: (() => void)[] = [];
  #alarm: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(
    private readonly clock: Clock,
    private readonly time: Setup["time"],
  ) {}

  /** What modules posted to each other runs before anything else does. */
  post(run: () => void): void {
    this.#posted.push(run);
    this.run();
  }

  drain(): void {
    while (this.#posted.length > 0) this.#posted.shift()!();
  }

  /** The machine's time, where the clock follows it. */
  catchUp(): void {
    if (this.time === "real") this.clock.advance(Math.max(0, Date.now() - this.clock.now));
  }

  run(): void {
    if (this.time === "real") return this.#follow();
    if (this.#running || this.#closed) return;
    this.#running = true;
    setImmediate(() => {
      this.#running = false;
      this.drain();
      if (this.active.size === 0 || this.waiting.count > 0) return;
      if (this.time === "manual") return;
      const { next } = this.clock;
      const oldest = Math.min(...[...this.active.keys()].map(({ startedAt }) => startedAt));
      if (next === undefined || next > oldest + idleMs) return this.#hang();
      try {
        this.clock.step();
      } catch (error) {
        this.#failAll(error as Error);
      }
      this.run();
    });
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#alarm);
  }

  /** What falls due is run when it does. */
  #follow(): void {
    clearTimeout(this.#alarm);
    if (this.#closed) return;
    this.drain();
    this.catchUp();
    const { next } = this.clock;
    if (next === undefined) return;
    this.#alarm = setTimeout(() => this.#follow(), Math.max(0, next - Date.now()));
  }

  #hang(): void {
    for (const [exchange, reject] of [...this.active]) {
      this.active.delete(exchange);
      const { requestHeaders } = exchange;
      const what = `${requestHeaders?.get(":method")} ${requestHeaders?.get(":path")}`;
      const why = exchange.holder() ?? "the upstream never answers, and no timeout ends it";
      reject(new HangError(`${what} hangs: ${why}`));
      exchange.reset("hang");
    }
  }

  #failAll(error: Error): void {
    for (const reject of this.active.values()) reject(error);
    this.active.clear();
  }
}
