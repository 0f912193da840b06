/**
 * Signatures that were verified, so that they are not again. An entry's key is the token itself, the keys
 * that it was verified with and what else had to hold, compared whole: there is no hash that could be made
 * to collide. Shared by the workers and by all routes, and bounded. What a token says is read and checked
 * each time; only the signature is remembered.
 */
import { SharedCache } from "../shared/cache";

export class Verdicts {
  private cache: SharedCache;

  constructor(
    /** 0 keeps none. */
    private lifetimeMs: i64,
    places: i32,
    /** What the verdict depends on beside token and keys. */
    private condition: string,
  ) {
    this.cache = new SharedCache("jwt", <u32>places);
  }

  /** Whether the keys of this stamp have verified the token. */
  knows(stamp: string, token: string): bool {
    return this.lifetimeMs > 0 && this.cache.get(this.key(stamp, token)) !== null;
  }

  /** Keeps it for `leftMs` at most, which is until the token expires. */
  keep(stamp: string, token: string, leftMs: i64): void {
    const ttl = min(this.lifetimeMs, leftMs);
    if (ttl > 0) this.cache.set(this.key(stamp, token), "", ttl);
  }

  private key(stamp: string, token: string): string {
    return this.condition + " " + stamp + " " + token;
  }
}
