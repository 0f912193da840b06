/** As `regions`, with the fuel of the engine on top: build with `load("metered", true)`. */
import { fuel, refuel } from "../../../../sdk/engine/fuel";
import { enterCallback } from "../../../../sdk/engine/runtime/index";
import { Activation } from "../../../../sdk/std/cel/activation";
import { Expression } from "../../../../sdk/std/cel/expression";
import { Declarations } from "../../../../sdk/std/cel/types";
import { Kind, Value } from "../../../../sdk/std/cel/value";
import { PublicKey } from "../../../../sdk/std/crypto/public-key";
import { Sha256 } from "../../../../sdk/std/crypto/sha256";
import { Sha512 } from "../../../../sdk/std/crypto/sha512";
import { decodeBase64, base64 } from "../../../../sdk/std/encoding/base64";
import { decodeUtf8 } from "../../../../sdk/std/encoding/utf8";
import { JsonLimits } from "../../../../sdk/std/json/limits";
import { JsonPath } from "../../../../sdk/std/json/path";
import { JsonText } from "../../../../sdk/std/json/text";
import { Claims } from "../../../../sdk/std/jwt/claims";
import { Jws } from "../../../../sdk/std/jwt/jws";
import { Regex } from "../../../../sdk/std/regex/regex";

export { beginChain, endCall, endChain, faultOfMemory } from "./regions";
export { fuel };

/** The build finds an engine's module by this name; nothing calls it here. */
export function onFault(kind: i32): void {}

export function bytesId(): u32 {
  return idof<Uint8Array>();
}

/** Fills up far beyond what a handler has, so that a test sees what a call takes. */
export function beginCall(bytes: i32): void {
  enterCallback(0);
  refuel(5000000);
}

/** Matches with little fuel: most of the time, this ends in a fault. */
export function regexStarved(regex: Regex, bytes: Uint8Array, left: i32): i32 {
  fuel = left;
  return regex.testBytes(bytes) ? 1 : 0;
}

export function fuelLeft(): i32 {
  return fuel;
}

class Path extends Activation {
  constructor(private path: string) {
    super();
  }

  find(name: string): Value | null {
    return Value.string(this.path);
  }
}

export function regex(pattern: string): Regex | null {
  return Regex.compile(pattern, "");
}

export function regexTest(regex: Regex, bytes: Uint8Array): i32 {
  return regex.testBytes(bytes) ? 1 : 0;
}

export function regexMatch(regex: Regex, text: string): i32 {
  return regex.match(text) ? 1 : 0;
}

export function regexReplace(regex: Regex, text: string): i32 {
  const made = regex.replaceAll(text, "<\\0>");
  return made === null ? -1 : made.length;
}

export function expression(source: string): Expression | null {
  return Expression.compile(source, new Declarations().variable("path", Kind.String));
}

export function expressionProblem(source: string): i32 {
  return Expression.problem(source, new Declarations().variable("path", Kind.String)) === null
    ? 0
    : 1;
}

export function evaluate(expression: Expression, path: string): i32 {
  const value = expression.evaluate(new Path(path));
  return value.isError ? -1 : value.isTrue ? 1 : 0;
}

export function json(bytes: Uint8Array): i32 {
  return JsonText.read(bytes, new JsonLimits()).valid ? 1 : 0;
}

export function jsonUnique(bytes: Uint8Array): i32 {
  const limits = new JsonLimits();
  limits.duplicateKeys = false;
  return JsonText.read(bytes, limits).valid ? 1 : 0;
}

export function path(path: string): JsonPath {
  return JsonPath.parse(path);
}

export function jsonFind(path: JsonPath, bytes: Uint8Array): i32 {
  const text = JsonText.read(bytes, new JsonLimits());
  return text.valid && path.first(text) ? 1 : 0;
}

export function recode(bytes: Uint8Array): i32 {
  const again = decodeBase64(base64(bytes));
  return again ? again.byteLength : -1;
}

export function utf8(bytes: Uint8Array): i32 {
  const text = decodeUtf8(bytes);
  return text === null ? -1 : text.length;
}

export function sha256(bytes: Uint8Array): i32 {
  return new Sha256().of(bytes).byteLength;
}

export function sha512(bytes: Uint8Array): i32 {
  return new Sha512(64).of(bytes).byteLength;
}

export function publicKey(spki: Uint8Array): PublicKey | null {
  return PublicKey.ofSpki(spki);
}

export function pss(key: PublicKey, message: Uint8Array, signature: Uint8Array): i32 {
  const rsa = key.rsa;
  return rsa !== null && rsa.verifyPss(new Sha256(), message, signature) ? 1 : 0;
}

export function token(text: string): i32 {
  const jws = Jws.parse(text);
  return jws !== null && Claims.parse(jws.payload).valid ? 1 : 0;
}
