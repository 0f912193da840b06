/**
 * Signatures that were verified, so that they are not again: by hash of the token and by the keys that it
 * was verified with. Shared by the workers and by all routes, and bounded. What a token says is read and
 * checked each time; only the signature is remembered.
 */
import { SharedCache } from "../shared/cache";
import { Sha256 } from "../std/crypto/sha256";
import { base64url } from "../std/encoding/base64";
import { encodeUtf8 } from "../std/encoding/utf8";

export class Verdicts {
  private hash: Sha256 = new Sha256();
  private cache: SharedCache;

  constructor(
    private lifetimeMs: i64,
    places: i32,
  ) {
    this.cache = new SharedCache("jwt", <u32>places);
  }

  /** The hash of a token, under which its verdict is kept; `""` if none is. */
  idOf(token: string): string {
    return this.lifetimeMs == 0 ? "" : base64url(this.hash.of(encodeUtf8(token)));
  }

  knows(stamp: string, id: string): bool {
    return id.length > 0 && this.cache.get(stamp + id) !== null;
  }

  /** Keeps it for `leftMs` at most, which is until the token expires. */
  keep(stamp: string, id: string, leftMs: i64): void {
    const ttl = min(this.lifetimeMs, leftMs);
    if (ttl > 0) this.cache.set(stamp + id, "", ttl);
  }
}
