/** Strings of JSON, both ways. */
import { decode } from "../hostcalls/text";

function hexValue(at: usize): i32 {
  let value = 0;
  for (let i: usize = 0; i < 4; i++) {
    const byte = <i32>load<u8>(at + i);
    const lower = byte | 0x20;
    if (byte >= 0x30 && byte <= 0x39) value = (value << 4) | (byte - 0x30);
    else if (lower >= 0x61 && lower <= 0x66) value = (value << 4) | (lower - 0x57);
    else return -1;
  }
  return value;
}

/** The text of the JSON string between its quotes, or null if an escape is not valid. */
export function jsonString(start: usize, end: usize): string | null {
  const room = __alloc((end - start) * 2 + 2);
  let to = room;
  let p = start;
  while (p < end) {
    const byte = load<u8>(p);
    if (byte != 0x5c) {
      const run = p;
      while (p < end && load<u8>(p) != 0x5c) p++;
      const text = decode(run, p - run);
      memory.copy(to, changetype<usize>(text), (<usize>text.length) << 1);
      to += (<usize>text.length) << 1;
      continue;
    }
    if (p + 1 >= end) return null;
    let unit: i32;
    switch (load<u8>(p + 1)) {
      case 0x22:
      case 0x5c:
      case 0x2f:
        unit = load<u8>(p + 1);
        break;
      case 0x62:
        unit = 8;
        break;
      case 0x66:
        unit = 12;
        break;
      case 0x6e:
        unit = 10;
        break;
      case 0x72:
        unit = 13;
        break;
      case 0x74:
        unit = 9;
        break;
      case 0x75:
        unit = p + 6 <= end ? hexValue(p + 2) : -1;
        p += 4;
        break;
      default:
        unit = -1;
    }
    if (unit < 0) return null;
    store<u16>(to, <u16>unit);
    to += 2;
    p += 2;
  }
  const size = to - room;
  const text = changetype<string>(__new(size, idof<string>()));
  memory.copy(changetype<usize>(text), room, size);
  return text;
}

/** `text` as a JSON string, quotes included. */
export function quote(text: string): string {
  let from = 0;
  let out = '"';
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit >= 0x20 && unit != 0x22 && unit != 0x5c) continue;
    out += text.substring(from, i) + escape(unit);
    from = i + 1;
  }
  return out + text.substring(from) + '"';
}

function escape(unit: i32): string {
  switch (unit) {
    case 0x22:
      return '\\"';
    case 0x5c:
      return "\\\\";
    case 0x0a:
      return "\\n";
    case 0x0d:
      return "\\r";
    case 0x09:
      return "\\t";
    default:
      return "\\u00" + (unit < 16 ? "0" : "1") + "0123456789abcdef".charAt(unit & 15);
  }
}
