/**
 * Signatures that were verified, so that they are not again. An entry's key is the token itself, the keys
 * that it was verified with and what else had to hold, compared whole: there is no hash that could be made
 * to collide. Shared by the workers and by all routes, and bounded; the latest ones lie in each worker's own
 * memory too. What a token says is looked at each time; only the signature is remembered.
 */
import { SharedCache } from "../shared/cache";
import { Claims } from "../std/jwt/claims";
import { payloadOf } from "../std/jwt/jws";
import { RecentTokens } from "./recent-tokens";

export class Verdicts {
  private cache: SharedCache;
  private recent: RecentTokens = new RecentTokens();

  constructor(
    /** 0 keeps none. */
    private lifetimeMs: i64,
    places: i32,
    /** What the verdict depends on beside token and keys. */
    private condition: string,
  ) {
    this.cache = new SharedCache("jwt", <u32>places);
  }

  /** What a token claims, verified or not; null if it cannot be read. */
  claimsIn(token: string): Claims | null {
    const known = this.recent.find(token);
    if (known !== null) return Claims.checked(known);
    const payload = payloadOf(token);
    const claims = payload !== null ? Claims.parse(payload) : null;
    return claims !== null && claims.valid ? claims : null;
  }

  /** Whether the keys of this stamp have verified the token, whose claims were read last. */
  knows(stamp: string, token: string, claims: Claims, now: i64): bool {
    if (this.lifetimeMs <= 0) return false;
    const under = this.under(stamp);
    if (this.recent.counts(under, now)) return true;
    if (this.cache.get(under + token) === null) return false;
    this.recent.keep(token, under, claims.json.root.raw, this.cache.expiresAt);
    return true;
  }

  /** Keeps it until `until` at most, which is when the token expires. */
  keep(stamp: string, token: string, now: i64, until: i64): void {
    const ttl = min(this.lifetimeMs, until - now);
    if (ttl > 0) this.cache.set(this.under(stamp) + token, "", ttl);
  }

  private under(stamp: string): string {
    return this.condition + " " + stamp + " ";
  }
}
