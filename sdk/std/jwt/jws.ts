/**
 * Signed tokens in the compact form (RFC 7515, section 7.1). Parsing trusts nothing and verifies
 * nothing: `KeySet.verify` does. What a token says about keys (`jwk`, `jku`, `x5u`, `x5c`) is never
 * read, so that a key comes from the configuration or not at all.
 */
import { decodeBase64urlPart } from "../encoding/base64";
import { indexOfUnit, narrow } from "../encoding/units";
import { JsonLimits } from "../json/limits";
import { JsonText } from "../json/text";
import { JsonKind, JsonMembers } from "../json/value";
import { Algorithm } from "./algorithm";

/** Longer tokens are refused before anything is decoded. */
export const LONGEST_TOKEN: i32 = 16384;
const LONGEST_KEY_ID: i32 = 256;
const DOT: u16 = 0x2e;

/** For headers and claims: no key twice (RFC 7515, section 4), few levels. */
export function tokenLimits(): JsonLimits {
  const limits = new JsonLimits();
  limits.depth = 16;
  limits.duplicateKeys = false;
  return limits;
}

export class Jws {
  private constructor(
    readonly algorithm: Algorithm,
    /** `kid`, null if there is none. */
    readonly keyId: string | null,
    readonly header: JsonText,
    readonly payload: Uint8Array,
    readonly signature: Uint8Array,
    /** What was signed: header, dot and payload as they stand in the token. */
    readonly signed: Uint8Array,
  ) {}

  /** The token, or null: `Jws.problem` says why. */
  static parse(token: string): Jws | null {
    const parser = new JwsParser(token);
    parser.run();
    const algorithm = parser.algorithm;
    const header = parser.header;
    const payload = parser.payload;
    const signature = parser.signature;
    if (parser.error.length || algorithm === null || header === null) return null;
    if (payload === null || signature === null) return null;
    const signed = asciiBytes(token, parser.second);
    return new Jws(algorithm, parser.keyId, header, payload, signature, signed);
  }

  /** What is wrong with a token, `""` if it can be parsed. Tells nothing that is in it. */
  static problem(token: string): string {
    const parser = new JwsParser(token);
    parser.run();
    return parser.error;
  }
}

class JwsParser {
  error: string = "";
  algorithm: Algorithm | null = null;
  keyId: string | null = null;
  header: JsonText | null = null;
  payload: Uint8Array | null = null;
  signature: Uint8Array | null = null;
  /** Where the dot before the signature is. */
  second: i32 = 0;

  constructor(private token: string) {}

  run(): void {
    const token = this.token;
    if (token.length > LONGEST_TOKEN) return this.fail("it is too long");
    const first = indexOfUnit(token, DOT);
    const second = first < 0 ? -1 : indexOfUnit(token, DOT, first + 1);
    if (second < 0 || indexOfUnit(token, DOT, second + 1) >= 0) {
      return this.fail("it does not have three parts");
    }
    this.second = second;
    const header = decodeBase64urlPart(token, 0, first);
    this.payload = decodeBase64urlPart(token, first + 1, second);
    this.signature = decodeBase64urlPart(token, second + 1, token.length);
    if (header === null || this.payload === null || this.signature === null) {
      return this.fail("a part is not base64url");
    }
    if (second + 1 == token.length) return this.fail("it has no signature");
    this.readHeader(JsonText.read(header, tokenLimits()));
  }

  private fail(what: string): void {
    this.error = what;
  }

  private readHeader(header: JsonText): void {
    if (!header.valid) return this.fail("its header is not valid JSON");
    if (header.root.kind != JsonKind.Object) return this.fail("its header is not an object");
    this.header = header;
    const members: JsonMembers = header.root.members();
    while (members.next()) {
      // Extensions that must be understood (section 4.1.11), and payloads that are not encoded
      // (RFC 7797): none is supported, so none may be there.
      if (members.keyIs("crit")) return this.fail("it has critical extensions");
      if (members.keyIs("b64")) return this.fail("it has a b64 header");
      if (members.keyIs("alg")) {
        const name = members.value.text;
        if (name !== null) this.algorithm = Algorithm.named(name);
      } else if (members.keyIs("kid")) {
        const id = members.value.text;
        if (id === null || id.length > LONGEST_KEY_ID) {
          return this.fail("its kid is not a short text");
        }
        this.keyId = id;
      }
    }
    if (this.algorithm === null) this.fail("its algorithm is not supported");
  }
}

/** The first units of a text that is known to be ASCII. */
function asciiBytes(text: string, size: i32): Uint8Array {
  const bytes = new Uint8Array(size);
  const done = narrow(changetype<usize>(text), bytes.dataStart, <usize>size);
  for (let i = <i32>done; i < size; i++) unchecked((bytes[i] = <u8>text.charCodeAt(i)));
  return bytes;
}

/**
 * What stands between the dots of a token, null if it is not base64url: for a token that is known to be
 * good, as nothing else of it is looked at.
 */
export function payloadOf(token: string): Uint8Array | null {
  const first = indexOfUnit(token, DOT);
  const second = first < 0 ? -1 : indexOfUnit(token, DOT, first + 1);
  return second < 0 ? null : decodeBase64urlPart(token, first + 1, second);
}
