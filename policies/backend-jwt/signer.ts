import { sign } from "sluice/sdk";
import { Curve } from "sluice/sdk/std/crypto/curve";
import { pemBlocks } from "sluice/sdk/std/crypto/pem";
import { base64url } from "sluice/sdk/std/encoding/base64";
import { encodeUtf8 } from "sluice/sdk/std/encoding/utf8";

/** Makes a token of claims. */
export class Signer {
  /** What is wrong with the key, null if nothing is. */
  problem: string | null = null;
  private key: Uint8Array = new Uint8Array(0);
  private curve: Curve | null = null;
  private head: string;

  constructor(
    private algorithm: string,
    pem: string,
  ) {
    const name = algorithm == "ES256" ? "ES256" : algorithm == "NONE" ? "none" : "RS256";
    this.head = base64url(encodeUtf8('{"alg":"' + name + '","typ":"JWT"}')) + ".";
    if (algorithm == "ES256") this.curve = Curve.named("P-256");
    if (algorithm != "NONE") this.read(pem);
  }

  private read(pem: string): void {
    const blocks = pemBlocks(pem, "PRIVATE KEY");
    if (blocks === null || blocks.length != 1) {
      this.problem =
        "signingKey.inline: expected one PRIVATE KEY in PEM (PKCS#8); openssl pkcs8 -topk8 -nocrypt makes one of other forms";
    } else this.key = blocks[0];
  }

  /** Null if the key does not sign with this algorithm. */
  token(claims: Uint8Array): string | null {
    const text = this.head + base64url(claims);
    if (this.algorithm == "NONE") return text + ".";
    const made = sign("sha256", this.key, encodeUtf8(text));
    if (made === null) return null;
    const curve = this.curve;
    const mark = curve !== null ? curve.toRaw(made) : made;
    // A key of the other kind signs too, but not what the header says.
    if (mark === null || (curve === null && mark.byteLength < 256)) return null;
    return text + "." + base64url(mark);
  }
}
