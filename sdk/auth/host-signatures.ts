/** Lets the host verify what `std/jwt` asks of it. */
import { verifySignature } from "../signature";
import { SignatureHost } from "../std/jwt/key";

export class HostSignatures extends SignatureHost {
  verify(hash: string, key: Uint8Array, signature: Uint8Array, text: Uint8Array): bool {
    return verifySignature(hash, key, signature, text);
  }
}
