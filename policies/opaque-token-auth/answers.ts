import { SharedCache } from "sluice/sdk";
import { Sha256 } from "sluice/sdk/std/crypto/sha256";
import { base64url } from "sluice/sdk/std/encoding/base64";
import { encodeUtf8 } from "sluice/sdk/std/encoding/utf8";

/** What is kept of a token that is not active. */
export const INACTIVE: string = "-";

/** Answers about tokens, by hash of the token and of who was asked; shared by workers and routes. */
export class Answers {
  private hash: Sha256 = new Sha256();
  private cache: SharedCache;

  constructor(
    private enabled: bool,
    places: i32,
  ) {
    this.cache = new SharedCache("opaque", <u32>places);
  }

  /** The key of a token, as the provider at this URL knows it. */
  keyOf(url: string, token: string): string {
    return this.enabled ? base64url(this.hash.of(encodeUtf8(url + "\n" + token))) : "";
  }

  get(key: string): string | null {
    return this.enabled ? this.cache.get(key) : null;
  }

  keep(key: string, text: string, ttlMs: i64): void {
    if (this.enabled && ttlMs > 0) this.cache.set(key, text, ttlMs);
  }
}
