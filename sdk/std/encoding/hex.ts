/** Base 16 (RFC 4648, section 8): written in lower case, read in either. */

export function hex(bytes: Uint8Array): string {
  const text = changetype<string>(__new((<usize>bytes.byteLength) << 2, idof<string>()));
  let to = changetype<usize>(text);
  for (let i = 0; i < bytes.byteLength; i++, to += 4) {
    const byte = <u32>unchecked(bytes[i]);
    store<u16>(to, digit(byte >> 4));
    store<u16>(to, digit(byte & 15), 2);
  }
  return text;
}

/** The bytes, or null if the text has an odd length or another letter in it. */
export function decodeHex(text: string): Uint8Array | null {
  if (text.length & 1) return null;
  const bytes = new Uint8Array(text.length >> 1);
  for (let i = 0; i < bytes.byteLength; i++) {
    const high = hexValue(text.charCodeAt(i << 1));
    const low = hexValue(text.charCodeAt((i << 1) + 1));
    if ((high | low) < 0) return null;
    unchecked((bytes[i] = <u8>((high << 4) | low)));
  }
  return bytes;
}

/** What a hexadecimal digit stands for, -1 if it is none. */
export function hexValue(unit: u32): i32 {
  if (unit - 0x30 < 10) return unit - 0x30;
  const lower = unit | 0x20;
  return lower - 0x61 < 6 ? lower - 0x57 : -1;
}

function digit(value: u32): u16 {
  return <u16>(value < 10 ? 0x30 + value : 0x57 + value);
}
