/**
 * IP addresses: IPv4 as four numbers without leading zeros (so that nothing reads as octal), IPv6 as in
 * RFC 4291, section 2.2, without a zone. IPv4 within IPv6 (`::ffff:1.2.3.4`) is IPv4.
 */
export class IpAddress {
  private constructor(
    readonly isV4: bool,
    /** The first and last 64 bits; an IPv4 address is the lowest 32. */
    readonly high: u64,
    readonly low: u64,
  ) {}

  static parse(text: string): IpAddress | null {
    if (text.length > 45) return null;
    if (text.indexOf(":") < 0) {
      const v4 = parseV4(text, 0);
      return v4 < 0 ? null : new IpAddress(true, 0, <u64>v4);
    }
    const groups = new StaticArray<u16>(8);
    if (!parseV6(text, groups)) return null;
    let high: u64 = 0;
    let low: u64 = 0;
    for (let i = 0; i < 4; i++) {
      high = (high << 16) | (<u64>groups[i]);
      low = (low << 16) | (<u64>groups[i + 4]);
    }
    if (!high && low >> 32 == 0xffff) return new IpAddress(true, 0, low & 0xffffffff);
    return new IpAddress(false, high, low);
  }

  /** The address of `1.2.3.4:80`, `[::1]:80` or of an address alone. */
  static parseWithPort(text: string): IpAddress | null {
    if (text.startsWith("[")) {
      const close = text.indexOf("]");
      if (close < 0 || (close + 1 < text.length && text.charAt(close + 1) != ":")) return null;
      return IpAddress.parse(text.substring(1, close));
    }
    const colon = text.indexOf(":");
    const alone = colon < 0 || text.indexOf(":", colon + 1) >= 0;
    return IpAddress.parse(alone ? text : text.substring(0, colon));
  }

  equals(other: IpAddress): bool {
    return this.isV4 == other.isV4 && this.high == other.high && this.low == other.low;
  }

  /** The same first `bits` bits, of 32 or of 128, and the same version. */
  sharesPrefix(other: IpAddress, bits: i32): bool {
    if (this.isV4 != other.isV4) return false;
    if (this.isV4) bits += 96;
    if (bits <= 64) return !bits || (this.high ^ other.high) >> (64 - bits) == 0;
    if (this.high != other.high) return false;
    return (this.low ^ other.low) >> (128 - bits) == 0;
  }

  /** In the one form of RFC 5952. */
  toString(): string {
    if (this.isV4) {
      const n = <u32>this.low;
      return `${n >> 24}.${(n >> 16) & 255}.${(n >> 8) & 255}.${n & 255}`;
    }
    let longest = 0;
    let from = -1;
    for (let i = 0; i < 8; i++) {
      let zeros = 0;
      while (i + zeros < 8 && !this.group(i + zeros)) zeros++;
      if (zeros > longest && zeros > 1) {
        longest = zeros;
        from = i;
      }
      if (zeros) i += zeros - 1;
    }
    let text = "";
    for (let i = 0; i < 8; i++) {
      if (i == from) {
        text += "::";
        i += longest - 1;
      } else {
        if (text.length && !text.endsWith(":")) text += ":";
        text += this.group(i).toString(16);
      }
    }
    return text;
  }

  private group(i: i32): u32 {
    const half = i < 4 ? this.high : this.low;
    return <u32>((half >> ((<u64>(3 - (i & 3))) << 4)) & 0xffff);
  }
}

/** The 32 bits from `from` to the end of the text, -1 if they are no IPv4 address. */
function parseV4(text: string, from: i32): i64 {
  let value: i64 = 0;
  let i = from;
  for (let part = 0; part < 4; part++) {
    if (part && (i >= text.length || text.charCodeAt(i++) != 0x2e)) return -1;
    const start = i;
    let number: i64 = 0;
    while (i < text.length && <u32>text.charCodeAt(i) - 0x30 < 10 && i - start < 3) {
      number = number * 10 + <i64>(text.charCodeAt(i++) - 0x30);
    }
    if (i == start || number > 255) return -1;
    if (i - start > 1 && text.charCodeAt(start) == 0x30) return -1;
    value = (value << 8) | number;
  }
  return i == text.length ? value : -1;
}

function parseV6(text: string, groups: StaticArray<u16>): bool {
  let count = 0;
  let gap = -1;
  let i = 0;
  if (text.startsWith("::")) {
    gap = 0;
    i = 2;
  }
  while (i < text.length) {
    if (count >= 8) return false;
    const start = i;
    let value: u32 = 0;
    while (i < text.length && i - start < 5) {
      const digit = hexDigit(text.charCodeAt(i));
      if (digit > 15) break;
      value = (value << 4) | digit;
      i++;
    }
    if (i < text.length && text.charCodeAt(i) == 0x2e) {
      const v4 = parseV4(text, start);
      if (v4 < 0 || count > 6) return false;
      groups[count++] = <u16>(v4 >> 16);
      groups[count++] = <u16>v4;
      i = text.length;
      break;
    }
    if (i == start || i - start > 4) return false;
    groups[count++] = <u16>value;
    if (i >= text.length) break;
    if (text.charCodeAt(i++) != 0x3a || i >= text.length) return false;
    if (text.charCodeAt(i) == 0x3a) {
      if (gap >= 0) return false;
      gap = count;
      i++;
    }
  }
  if (gap < 0) return count == 8;
  if (count > 7) return false;
  const moved = count - gap;
  for (let k = 0; k < moved; k++) groups[7 - k] = groups[count - 1 - k];
  for (let k = gap; k < 8 - moved; k++) groups[k] = 0;
  return true;
}

function hexDigit(unit: u32): u32 {
  if (unit - 0x30 < 10) return unit - 0x30;
  const lower = unit | 0x20;
  return lower - 0x61 < 6 ? lower - 0x57 : 16;
}
