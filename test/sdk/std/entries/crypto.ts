export * from "./regions";
import { Curve } from "../../../../sdk/std/crypto/curve";
import { Digest } from "../../../../sdk/std/crypto/digest";
import { Hmac } from "../../../../sdk/std/crypto/hmac";
import { PublicKey } from "../../../../sdk/std/crypto/public-key";
import { Sha1 } from "../../../../sdk/std/crypto/sha1";
import { Sha256 } from "../../../../sdk/std/crypto/sha256";
import { Sha512 } from "../../../../sdk/std/crypto/sha512";

export function bytesId(): u32 {
  return idof<Uint8Array>();
}

export function digest(bits: i32): Digest {
  if (bits == 1) return new Sha1();
  if (bits == 256) return new Sha256();
  return new Sha512(bits >> 3);
}

export function hash(digest: Digest, message: Uint8Array): Uint8Array {
  return digest.of(message);
}

export function hashInPieces(digest: Digest, message: Uint8Array, size: i32): Uint8Array {
  for (let i = 0; i < message.length; i += size) digest.add(message.slice(i, i + size));
  return digest.result();
}

export function hmacOf(bits: i32, key: Uint8Array, message: Uint8Array): Uint8Array {
  return new Hmac(digest(bits), key).of(message);
}

export function spki(bytes: Uint8Array): PublicKey | null {
  return PublicKey.ofSpki(bytes);
}

export function spkiOfPem(text: string): Uint8Array | null {
  const key = PublicKey.ofPem(text);
  return key === null ? null : key.spki;
}

export function spkiAgain(bytes: Uint8Array): Uint8Array | null {
  const key = PublicKey.ofSpki(bytes);
  return key === null ? null : key.spki;
}

export function verify(
  key: PublicKey,
  pss: bool,
  digest: Digest,
  message: Uint8Array,
  signature: Uint8Array,
): bool {
  const rsa = key.rsa;
  if (rsa === null) return false;
  return pss
    ? rsa.verifyPss(digest, message, signature)
    : rsa.verifyPkcs1(digest, message, signature);
}

export function toDer(curve: string, raw: Uint8Array): Uint8Array | null {
  const named = Curve.named(curve);
  return named === null ? null : named.toDer(raw);
}

export function toRaw(curve: string, der: Uint8Array): Uint8Array | null {
  const named = Curve.named(curve);
  return named === null ? null : named.toRaw(der);
}
