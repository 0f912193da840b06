/**
 * base64 and base64url (RFC 4648, sections 4 and 5), strict: no white space, no other alphabet, unused
 * bits zero (section 3.5), padding exactly as it must be: always there in base64, never in base64url.
 */

const STANDARD = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const URL_SAFE = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

export function base64(bytes: Uint8Array): string {
  return encode(bytes, STANDARD, true);
}

export function base64url(bytes: Uint8Array): string {
  return encode(bytes, URL_SAFE, false);
}

function encode(bytes: Uint8Array, alphabet: string, padded: bool): string {
  const size = bytes.byteLength;
  const rest = size % 3;
  const units = (size / 3) * 4 + (rest == 0 ? 0 : padded ? 4 : rest + 1);
  const text = changetype<string>(__new((<usize>units) << 1, idof<string>()));
  const letters = changetype<usize>(alphabet);
  let p = bytes.dataStart;
  let to = changetype<usize>(text);
  for (const end = p + <usize>(size - rest); p < end; p += 3, to += 8) {
    const three =
      ((<usize>load<u8>(p)) << 16) | ((<usize>load<u8>(p, 1)) << 8) | (<usize>load<u8>(p, 2));
    store<u16>(to, load<u16>(letters + ((three >> 18) << 1)));
    store<u16>(to, load<u16>(letters + (((three >> 12) & 63) << 1)), 2);
    store<u16>(to, load<u16>(letters + (((three >> 6) & 63) << 1)), 4);
    store<u16>(to, load<u16>(letters + ((three & 63) << 1)), 6);
  }
  if (rest) {
    const a = <usize>load<u8>(p);
    const b: usize = rest == 2 ? <usize>load<u8>(p, 1) : 0;
    store<u16>(to, load<u16>(letters + ((a >> 2) << 1)));
    store<u16>(to, load<u16>(letters + ((((a & 3) << 4) | (b >> 4)) << 1)), 2);
    if (rest == 2) store<u16>(to, load<u16>(letters + ((b & 15) << 3)), 4);
    else if (padded) store<u16>(to, 0x3d, 4);
    if (padded) store<u16>(to, 0x3d, 6);
  }
  return text;
}

/** The bytes, or null if `text` is not exactly what `base64` would write for some bytes. */
export function decodeBase64(text: string): Uint8Array | null {
  const units = text.length;
  if (units & 3) return null;
  let end = units;
  if (end && text.charCodeAt(end - 1) == 0x3d) end--;
  if (end < units && text.charCodeAt(end - 1) == 0x3d) end--;
  return decode(changetype<usize>(text), end, false);
}

export function decodeBase64url(text: string): Uint8Array | null {
  return decode(changetype<usize>(text), text.length, true);
}

/** As `decodeBase64url`, for the units from `start` to before `end` of `text`. */
export function decodeBase64urlPart(text: string, start: i32, end: i32): Uint8Array | null {
  if (start < 0 || end > text.length || start > end) return null;
  return decode(changetype<usize>(text) + ((<usize>start) << 1), end - start, true);
}

/**
 * The six bits of each letter. Bit 6 marks the two that base64url lacks, bit 7 the two that base64 lacks,
 * both what is no letter.
 */
const VALUES: StaticArray<u8> = [
  255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
  255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
  255, 255, 255, 255, 255, 126, 255, 190, 255, 127, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 255,
  255, 255, 255, 255, 255, 255, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18,
  19, 20, 21, 22, 23, 24, 25, 255, 255, 255, 255, 191, 255, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35,
  36, 37, 38, 39, 40, 41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, 255, 255, 255, 255, 255,
];

function decode(p: usize, units: i32, url: bool): Uint8Array | null {
  const rest = units & 3;
  if (rest == 1) return null;
  const bytes = new Uint8Array((units >> 2) * 3 + (rest ? rest - 1 : 0));
  const foreign: u32 = url ? 0x40 : 0x80;
  let to = bytes.dataStart;
  const whole = p + ((<usize>(units - rest)) << 1);
  for (; p < whole; p += 8, to += 3) {
    // Four units; any bit from the seventh on is no letter of either alphabet.
    if (load<u64>(p) & 0xff80ff80ff80ff80) return null;
    const a = value(load<u8>(p));
    const b = value(load<u8>(p, 2));
    const c = value(load<u8>(p, 4));
    const d = value(load<u8>(p, 6));
    if ((a | b | c | d) & foreign) return null;
    const three = ((a & 63) << 18) | ((b & 63) << 12) | ((c & 63) << 6) | (d & 63);
    store<u8>(to, three >> 16);
    store<u8>(to, three >> 8, 1);
    store<u8>(to, three, 2);
  }
  if (rest) {
    const last = rest == 3 ? <u32>load<u16>(p, 4) : 0x41;
    if (((<u32>load<u16>(p)) | (<u32>load<u16>(p, 2)) | last) > 0x7f) return null;
    const a = value(load<u8>(p));
    const b = value(load<u8>(p, 2));
    const c = value(last);
    if ((a | b | c) & foreign || (rest == 2 ? b & 15 : c & 3)) return null;
    store<u8>(to, (a << 2) | ((b & 63) >> 4));
    if (rest == 3) store<u8>(to, (b << 4) | ((c & 63) >> 2), 1);
  }
  return bytes;
}

/** Of an ASCII letter. */
function value(letter: u32): u32 {
  return unchecked(VALUES[letter]);
}
