/** Percent-encoding (RFC 3986, section 2.1) of UTF-8. */
import { Bytes } from "../encoding/bytes";
import { hexValue } from "../encoding/hex";
import { encodeUtf8, utf8Text, utf8Units } from "../encoding/utf8";

/** Null if a `%` is not followed by two digits or the bytes are not UTF-8. */
export function decodePercent(text: string, plusIsSpace: bool = false): string | null {
  if (text.indexOf("%") < 0 && !(plusIsSpace && text.indexOf("+") >= 0)) return text;
  const bytes = encodeUtf8(text);
  const start = bytes.dataStart;
  const end = start + <usize>bytes.byteLength;
  let to = start;
  for (let p = start; p < end; p++) {
    let byte = <u32>load<u8>(p);
    if (byte == 0x25) {
      if (end - p < 3) return null;
      const high = hexValue(load<u8>(p, 1));
      const low = hexValue(load<u8>(p, 2));
      if ((high | low) < 0) return null;
      byte = (high << 4) | low;
      p += 2;
    } else if (byte == 0x2b && plusIsSpace) byte = 0x20;
    store<u8>(to++, byte);
  }
  const units = utf8Units(start, to);
  return units < 0 ? null : utf8Text(start, to, units);
}

/** Everything but the unreserved letters (section 2.3) is encoded. */
export function encodePercent(text: string): string {
  const bytes = encodeUtf8(text);
  const out = new Bytes(bytes.byteLength + 16);
  for (let i = 0; i < bytes.byteLength; i++) {
    const byte = <u32>bytes[i];
    if (isUnreserved(byte)) {
      out.byte(byte);
      continue;
    }
    out.byte(0x25);
    out.byte(digit(byte >> 4));
    out.byte(digit(byte & 15));
  }
  return out.finishText();
}

function isUnreserved(byte: u32): bool {
  return (
    (byte | 0x20) - 0x61 < 26 ||
    byte - 0x30 < 10 ||
    byte == 0x2d ||
    byte == 0x2e ||
    byte == 0x5f ||
    byte == 0x7e
  );
}

function digit(value: u32): u32 {
  return value < 10 ? 0x30 + value : 0x37 + value;
}
