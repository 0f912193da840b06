/**
 * Signatures by the host's own code: RSA PKCS#1 v1.5 and ECDSA (20 to 400 microseconds a call, so keep
 * verdicts). Keys are SPKI or PKCS#8 in DER; ECDSA signatures are ASN.1 DER. What the host does not
 * cover (PSS, EdDSA, HMAC) is in `std/crypto`.
 */
import { Message, callForeign, resultSize } from "./hostcalls/foreign";
import { encode, written } from "./hostcalls/text";

/** True if `signature` over `text` was made with the private half of `key`. */
export function verifySignature(
  hash: string,
  key: Uint8Array,
  signature: Uint8Array,
  text: Uint8Array,
): bool {
  const room = <usize>(key.length + signature.length + text.length + 64);
  const name = encode(hash);
  const message = new Message(room)
    .bytes(1, name, written)
    .bytes(2, key.dataStart, key.byteLength)
    .bytes(3, signature.dataStart, signature.byteLength)
    .bytes(4, text.dataStart, text.byteLength);
  const result = callForeign("verify_signature", message.start, message.size);
  // Field 1, a bool: absent means false.
  return result != 0 && resultSize >= 2 && load<u8>(result) == 8 && load<u8>(result, 1) == 1;
}

/** The signature over `text`, null if the key is not one that the host can sign with. */
export function sign(hash: string, key: Uint8Array, text: Uint8Array): Uint8Array | null {
  const name = encode(hash);
  const message = new Message(<usize>(key.length + text.length + 64))
    .bytes(1, name, written)
    .bytes(2, key.dataStart, key.byteLength)
    .bytes(3, text.dataStart, text.byteLength);
  const result = callForeign("sign", message.start, message.size);
  if (!result || resultSize < 4 || load<u8>(result) != 8 || load<u8>(result, 1) != 1) return null;
  if (load<u8>(result, 2) != 0x12) return null;
  let size: usize = 0;
  let shift: usize = 0;
  let at = result + 3;
  const end = result + resultSize;
  while (at < end) {
    const byte = load<u8>(at++);
    size |= (<usize>(byte & 0x7f)) << shift;
    shift += 7;
    if (byte < 0x80) break;
  }
  if (size > end - at) return null;
  const bytes = new Uint8Array(<i32>size);
  memory.copy(bytes.dataStart, at, size);
  return bytes;
}
