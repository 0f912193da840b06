/** The `Cookie` header (RFC 6265, section 5.4): `name=value` pairs, `; ` between them, no decoding. */

export class Cookies {
  constructor(private header: string) {}

  /** The first value with this name, without the quotes around it; null if there is none. */
  get(name: string): string | null {
    const header = this.header;
    let from = 0;
    while (from < header.length) {
      const end = find(header, 0x3b, from, header.length);
      const equals = find(header, 0x3d, from, end);
      if (equals < end && trimmed(header, from, equals) == name) {
        const value = trimmed(header, equals + 1, end);
        const quoted = value.length > 1 && value.startsWith('"') && value.endsWith('"');
        return quoted ? value.substring(1, value.length - 1) : value;
      }
      from = end + 1;
    }
    return null;
  }

  /** The header without the pairs of this name; empty if nothing is left. */
  without(name: string): string {
    const header = this.header;
    const kept: string[] = [];
    let from = 0;
    while (from < header.length) {
      const end = find(header, 0x3b, from, header.length);
      const pair = trimmed(header, from, end);
      const equals = pair.indexOf("=");
      if (pair.length && (equals < 0 || trimmed(pair, 0, equals) != name)) kept.push(pair);
      from = end + 1;
    }
    return kept.join("; ");
  }
}

/** Where the unit is from `from` on, `to` if it is not before it: never looks further. */
function find(text: string, unit: i32, from: i32, to: i32): i32 {
  while (from < to && text.charCodeAt(from) != unit) from++;
  return from;
}

function trimmed(text: string, from: i32, to: i32): string {
  while (from < to && isSpace(text.charCodeAt(from))) from++;
  while (to > from && isSpace(text.charCodeAt(to - 1))) to--;
  return text.substring(from, to);
}

function isSpace(unit: i32): bool {
  return unit == 0x20 || unit == 0x09;
}
