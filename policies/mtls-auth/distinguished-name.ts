/** A name such as `CN=robot,OU=Ops,O=Example\, Inc.`, as RFC 2253 writes it: two are equal if their parts are. */
import { hexValue } from "sluice/sdk/std/encoding/hex";
import { decodeUtf8, encodeUtf8 } from "sluice/sdk/std/encoding/utf8";

const COMMA: i32 = 0x2c;
const PLUS: i32 = 0x2b;
const BACKSLASH: i32 = 0x5c;

export class DistinguishedName {
  private constructor(
    private parts: string[],
    /** Between the parts, `,` or `+`. */
    private joints: string,
  ) {}

  /** Null if it is none. */
  static parse(text: string): DistinguishedName | null {
    const parts: string[] = [];
    let joints = "";
    let start = 0;
    for (let i = 0; i <= text.length; i++) {
      const unit = i < text.length ? text.charCodeAt(i) : COMMA;
      if (unit == BACKSLASH) {
        // What it marks is part of a value. At the end of the text it marks nothing.
        if (++i == text.length) return null;
        continue;
      }
      if (unit != COMMA && unit != PLUS) continue;
      const part = partOf(text.substring(start, i));
      if (part === null) return null;
      parts.push(part);
      joints += String.fromCharCode(unit);
      start = i + 1;
    }
    return new DistinguishedName(parts, joints);
  }

  equals(other: DistinguishedName): bool {
    if (this.joints != other.joints) return false;
    for (let i = 0; i < this.parts.length; i++) if (this.parts[i] != other.parts[i]) return false;
    return true;
  }

  /** Null if there is none, or more than one: which of them counts is nobody's to guess. */
  get commonName(): string | null {
    let found: string | null = null;
    for (let i = 0; i < this.parts.length; i++) {
      const part = this.parts[i];
      if (!part.startsWith("CN=")) continue;
      if (found !== null) return null;
      found = part.substring(3);
    }
    return found;
  }
}

/** `type=value` with the type in capitals and nothing escaped in the value. */
function partOf(text: string): string | null {
  const equals = text.indexOf("=");
  if (equals < 1) return null;
  const type = text.substring(0, equals).trim().toUpperCase();
  const value = valueOf(text.substring(equals + 1).trimStart());
  return type.length && value !== null ? type + "=" + value : null;
}

function valueOf(text: string): string | null {
  const from = encodeUtf8(text);
  const to = new Uint8Array(from.byteLength);
  let size = 0;
  /** Spaces up to here are the value's, whatever follows. */
  let kept = 0;
  for (let i = 0; i < from.byteLength; i++) {
    let byte = from[i];
    if (byte == BACKSLASH) {
      const high = i + 2 < from.byteLength ? hexValue(from[i + 1]) : -1;
      const low = high < 0 ? -1 : hexValue(from[i + 2]);
      byte = low < 0 ? from[++i] : <u8>((high << 4) | low);
      if (low >= 0) i += 2;
      kept = size + 1;
    } else if (byte != 0x20) kept = size + 1;
    to[size++] = byte;
  }
  return decodeUtf8(to.subarray(0, kept));
}
