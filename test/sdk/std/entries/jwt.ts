export * from "./regions";
import { hex } from "../../../../sdk/std/encoding/hex";
import { Claims } from "../../../../sdk/std/jwt/claims";
import { Jws } from "../../../../sdk/std/jwt/jws";
import { SignatureHost } from "../../../../sdk/std/jwt/key";
import { KeySet } from "../../../../sdk/std/jwt/key-set";

export function bytesId(): u32 {
  return idof<Uint8Array>();
}

/** Notes what it is asked, for the test to verify with the platform. */
class Asked extends SignatureHost {
  question: string = "";

  verify(hash: string, key: Uint8Array, signature: Uint8Array, text: Uint8Array): bool {
    this.question += [hash, hex(key), hex(signature), hex(text)].join(" ") + "\n";
    return false;
  }
}

export function problem(token: string): string {
  return Jws.problem(token);
}

export function keySet(json: Uint8Array, secrets: bool): KeySet {
  return KeySet.parse(json, secrets);
}

export function keySetError(json: Uint8Array, secrets: bool): string {
  const set = KeySet.parse(json, secrets);
  return set.error + set.refused.join("; ") + " " + set.keys.length.toString();
}

/** `yes`, `no`, or what the host is asked. */
export function verify(set: KeySet, token: string): string {
  const jws = Jws.parse(token);
  if (jws === null) return "refused: " + Jws.problem(token);
  const host = new Asked();
  if (set.verify(jws, host)) return "yes";
  return host.question.length ? host.question : set.knows(jws) ? "no" : "no key";
}

export function times(payload: Uint8Array, now: f64, leeway: f64, longest: f64): string {
  const claims = Claims.parse(payload);
  return claims.valid ? claims.checkTimes(now, leeway, longest) : claims.error;
}

export function hasAudience(payload: Uint8Array, name: string): bool {
  return Claims.parse(payload).hasAudience(name);
}

export function hasScope(payload: Uint8Array, name: string): bool {
  return Claims.parse(payload).hasScope(name);
}

export function claim(payload: Uint8Array, name: string): string | null {
  return Claims.parse(payload).text(name);
}

export function lists(payload: Uint8Array, name: string, separator: string, item: string): bool {
  return Claims.parse(payload).lists(name, separator, item);
}

export function has(payload: Uint8Array, name: string, wanted: string): bool {
  return Claims.parse(payload).has(name, wanted);
}
