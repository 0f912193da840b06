/**
 * The keys of one key service: fetched before they are needed, again before they are too old, and when a
 * token names a key that is not among them. One that does not answer is tried again some times, then left
 * alone for a while; the last keys it gave serve on meanwhile, for an hour at most.
 */
import { LogLevel } from "../abi";
import { Answer, Call } from "../call";
import { Cell } from "../cell";
import { nowMilliseconds } from "../hostcalls/clock";
import { log } from "../hostcalls/log";
import { TrustedKeys } from "./trusted-keys";

/** A key that is not known is looked for at most this often. */
const LOOK_AGAIN_MS: i64 = 10000;
/** How long keys that are too old serve while their service fails. */
const GRACE_MS: i64 = 3600000;
/** Longer answers are not read. */
const LONGEST_ANSWER: i32 = 1048576;

/** How often, how long and how patiently. In milliseconds. */
export class FetchPlan {
  constructor(
    readonly lifetimeMs: i64,
    readonly timeoutMs: i64,
    readonly retries: i32,
    readonly intervalMs: i64,
    readonly pauseMs: i64,
  ) {}
}

/** What a request that needs keys has to do. */
export enum Keys {
  Ready,
  /** Fetch them: make the call, then wait. */
  Fetch,
  /** Wait for the answer of a call that is made. */
  Wait,
  /** Wait for the next try, which a tick will make. */
  Later,
  Missing,
}

export class KeySource {
  private keys: Cell<TrustedKeys> = new Cell<TrustedKeys>();
  private asking: bool = false;
  private used: bool = false;
  private askedAt: i64 = 0;
  private fetchedAt: i64 = 0;
  private failures: i32 = 0;
  /** When a failed fetch is tried again, 0 if none is. */
  private retryAt: i64 = 0;
  private pausedUntil: i64 = 0;

  constructor(
    readonly url: string,
    private plan: FetchPlan,
  ) {}

  get(): TrustedKeys | null {
    return this.keys.get();
  }

  /** Where the keys are, for a request at `now`. */
  state(now: i64): Keys {
    this.used = true;
    const age = now - this.fetchedAt;
    const has = this.keys.get() !== null;
    if (has && age < this.plan.lifetimeMs) return Keys.Ready;
    if (has && this.failures && age < this.plan.lifetimeMs + GRACE_MS) return Keys.Ready;
    if (this.asking) return Keys.Wait;
    if (this.retryAt) return Keys.Later;
    return now < this.pausedUntil ? Keys.Missing : Keys.Fetch;
  }

  /** The same for a request whose token names a key that is not here. */
  stateOfUnknown(now: i64): Keys {
    if (this.asking) return Keys.Wait;
    const early = now - this.askedAt < LOOK_AGAIN_MS || now < this.pausedUntil;
    return early || this.retryAt ? Keys.Missing : Keys.Fetch;
  }

  /** Whether a tick at `now` should fetch: a try that failed, or keys in use that get old. */
  due(now: i64): bool {
    if (this.asking) return false;
    if (this.retryAt) return now >= this.retryAt;
    if (!this.used || now < this.pausedUntil) return false;
    return now - this.fetchedAt >= (this.plan.lifetimeMs * 4) / 5;
  }

  call(tag: i32): Call {
    this.asking = true;
    this.used = false;
    this.askedAt = nowMilliseconds();
    this.retryAt = 0;
    const call = Call.to(this.url).named(tag).header("accept", "application/json");
    return call.timeout(<u32>this.plan.timeoutMs);
  }

  /** The host would not make the call: there is no cluster for it. */
  refused(): void {
    this.failures = this.plan.retries;
    this.fail("the gateway has no way there");
  }

  take(answer: Answer): void {
    if (answer.failed) return this.fail("no answer");
    if (answer.status != 200) return this.fail("status " + answer.status.toString());
    if (answer.length > LONGEST_ANSWER) return this.fail("more than 1 MiB");
    const keys = TrustedKeys.fetched(answer.bytes());
    const set = keys.set;
    if (set.error.length) return this.fail(set.error);
    if (!set.keys.length) {
      return this.fail(
        set.refused.length ? "no key that counts: " + set.refused.join("; ") : "no key",
      );
    }
    const old = this.keys.get();
    if (set.refused.length && (old === null || old.stamp != keys.stamp)) {
      log(LogLevel.Warn, "keys of " + this.url + " left out: " + set.refused.join("; "));
    }
    this.asking = false;
    this.failures = 0;
    this.fetchedAt = nowMilliseconds();
    this.keys.set(keys);
  }

  private fail(why: string): void {
    this.asking = false;
    this.failures++;
    const now = nowMilliseconds();
    const gaveUp = this.failures > this.plan.retries;
    if (gaveUp) {
      this.failures = 1;
      this.pausedUntil = now + this.plan.pauseMs;
    } else this.retryAt = now + this.plan.intervalMs;
    log(gaveUp ? LogLevel.Error : LogLevel.Warn, "cannot fetch keys of " + this.url + ": " + why);
  }
}
