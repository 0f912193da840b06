import { Call, SharedCache } from "sluice/sdk";
import { Sha256 } from "sluice/sdk/std/crypto/sha256";
import { base64url } from "sluice/sdk/std/encoding/base64";
import { encodeUtf8 } from "sluice/sdk/std/encoding/utf8";
import { JsonWriter } from "sluice/sdk/std/json/writer";

/** Of nobody's password: whoever is not known costs as much time as who is. */
export const NOBODY: string = "$2b$10$3PGnAeloYPrNSnxSXuw4gO0kkIduUT28EqIp3Oq9fRZN.49ov.awi";
/** bcrypt looks no further: a longer password would be as good as its beginning. */
const LONGEST_BYTES: i32 = 72;
/** A flood of wrong passwords may wait in line for the agent's threads. */
const PATIENCE_MS: u32 = 10000;

/** Passwords and bcrypt hashes, and what the agent beside the gateway said of them. */
export class Passwords {
  private hash: Sha256 = new Sha256();
  private cache: SharedCache = new SharedCache("basic", 10000);

  constructor(private lifetimeMs: i64) {}

  /** Whether bcrypt can tell this password from others. */
  static canBe(password: string): bool {
    if (password.indexOf("\0") >= 0) return false;
    return encodeUtf8(password).byteLength <= LONGEST_BYTES;
  }

  /** `y` or `n` if it is known whether they belong together, null if not. */
  verdict(hash: string, password: string): string | null {
    return this.cache.get(this.key(hash, password));
  }

  keep(hash: string, password: string, matches: bool): void {
    if (this.lifetimeMs <= 0) return;
    this.cache.set(this.key(hash, password), matches ? "y" : "n", this.lifetimeMs);
  }

  question(hash: string, password: string): Call {
    const json = new JsonWriter();
    json.beginObject();
    json.key("hash");
    json.text(hash);
    json.key("password");
    json.text(password);
    json.endObject();
    return new Call("sluice.agent", "POST", "/verify/bcrypt")
      .header("content-type", "application/json")
      .sendBytes(json.finish())
      .timeout(PATIENCE_MS);
  }

  private key(hash: string, password: string): string {
    return base64url(this.hash.of(encodeUtf8(hash + "\n" + password)));
  }
}
