/** What the bench repeats inside the guest, where a call from outside would weigh more than the work. */
export * from "./regions";
import { Activation } from "../../../../sdk/std/cel/activation";
import { Expression } from "../../../../sdk/std/cel/expression";
import { Declarations } from "../../../../sdk/std/cel/types";
import { Kind, Value } from "../../../../sdk/std/cel/value";
import { RsaKey } from "../../../../sdk/std/crypto/rsa";
import { PublicKey } from "../../../../sdk/std/crypto/public-key";
import { Hmac } from "../../../../sdk/std/crypto/hmac";
import { Sha1 } from "../../../../sdk/std/crypto/sha1";
import { Sha256 } from "../../../../sdk/std/crypto/sha256";
import { Sha512 } from "../../../../sdk/std/crypto/sha512";
import { base64url, decodeBase64url } from "../../../../sdk/std/encoding/base64";
import { decodeUtf8, isUtf8 } from "../../../../sdk/std/encoding/utf8";
import { JsonLimits } from "../../../../sdk/std/json/limits";
import { JsonPath } from "../../../../sdk/std/json/path";
import { JsonText } from "../../../../sdk/std/json/text";
import { Claims } from "../../../../sdk/std/jwt/claims";
import { Jws } from "../../../../sdk/std/jwt/jws";
import { Cidr } from "../../../../sdk/std/net/cidr";
import { IpAddress } from "../../../../sdk/std/net/ip";
import { Query } from "../../../../sdk/std/net/query";
import { Regex } from "../../../../sdk/std/regex/regex";

export function bytesId(): u32 {
  return idof<Uint8Array>();
}

export function jsonCheck(bytes: Uint8Array): bool {
  return JsonText.read(bytes, new JsonLimits()).valid;
}

export function jsonUnique(bytes: Uint8Array): bool {
  const limits = new JsonLimits();
  limits.duplicateKeys = false;
  return JsonText.read(bytes, limits).valid;
}

export function path(source: string): JsonPath {
  return JsonPath.parse(source);
}

export function jsonFind(path: JsonPath, bytes: Uint8Array): bool {
  return path.first(JsonText.read(bytes, new JsonLimits())) !== null;
}

export function utf8Check(bytes: Uint8Array): bool {
  return isUtf8(bytes);
}

export function utf8Decode(bytes: Uint8Array): bool {
  return decodeUtf8(bytes) !== null;
}

export function toBase64(bytes: Uint8Array): i32 {
  return base64url(bytes).length;
}

export function fromBase64(text: string, times: i32): i32 {
  let size = 0;
  for (let i = 0; i < times; i++) {
    const bytes = decodeBase64url(text);
    if (bytes !== null) size += bytes.byteLength;
  }
  return size;
}

export function sha(bits: i32, bytes: Uint8Array): i32 {
  if (bits == 1) return new Sha1().of(bytes)[0];
  return bits == 256 ? new Sha256().of(bytes)[0] : new Sha512().of(bytes)[0];
}

export function hmac(bytes: Uint8Array, times: i32): i32 {
  const hmac = new Hmac(new Sha256(), bytes);
  let sum = 0;
  for (let i = 0; i < times; i++) sum += hmac.of(bytes)[0];
  return sum;
}

export function rsa(spki: Uint8Array): RsaKey | null {
  const key = PublicKey.ofSpki(spki);
  return key !== null ? key.rsa : null;
}

export function pss(key: RsaKey, text: Uint8Array, signature: Uint8Array, times: i32): i32 {
  let held = 0;
  for (let i = 0; i < times; i++) {
    if (key.verifyPss(new Sha256(), text, signature)) held++;
  }
  return held;
}

export function token(text: string, times: i32): i32 {
  let valid = 0;
  for (let i = 0; i < times; i++) {
    const jws = Jws.parse(text);
    if (jws === null) continue;
    const claims = Claims.parse(jws.payload);
    if (claims.issuer !== null && !claims.checkTimes(0, 0, 0).length) valid++;
  }
  return valid;
}

export function regex(source: string): Regex | null {
  return Regex.compile(source, "");
}

export function regexTest(regex: Regex, text: string, times: i32): i32 {
  let found = 0;
  for (let i = 0; i < times; i++) if (regex.test(text)) found++;
  return found;
}

export function regexBytes(regex: Regex, bytes: Uint8Array): bool {
  return regex.testBytes(bytes);
}

export function query(text: string, times: i32): i32 {
  let found = 0;
  for (let i = 0; i < times; i++) if (Query.parse(text).get("id") !== null) found++;
  return found;
}

export function cidr(text: string): Cidr | null {
  return Cidr.parse(text);
}

export function contains(cidr: Cidr, text: string, times: i32): i32 {
  let found = 0;
  for (let i = 0; i < times; i++) {
    const address = IpAddress.parse(text);
    if (address !== null && cidr.contains(address)) found++;
  }
  return found;
}

export function replace(regex: Regex, text: string, replacement: string, times: i32): i32 {
  let size = 0;
  for (let i = 0; i < times; i++) {
    const made = regex.replaceAll(text, replacement);
    if (made !== null) size += made.length;
  }
  return size;
}

export function replaceBody(regex: Regex, bytes: Uint8Array): i32 {
  const text = decodeUtf8(bytes);
  if (text === null) return 0;
  const made = regex.replaceAll(text, "***");
  return made === null ? 0 : made.length;
}

class Request extends Activation {
  constructor(private path: Value) {
    super();
  }

  find(name: string): Value | null {
    return name == "path" ? this.path : null;
  }
}

export function condition(source: string): Expression | null {
  return Expression.compile(source, new Declarations().variable("path", Kind.String));
}

export function evaluate(expression: Expression, path: string, times: i32): i32 {
  const request = new Request(Value.string(path));
  let held = 0;
  for (let i = 0; i < times; i++) if (expression.evaluate(request).isTrue) held++;
  return held;
}
