/** Past white space of JSON (RFC 8259, section 2). */
export function pastSpace(p: usize, end: usize): usize {
  while (p < end) {
    const byte = <u32>load<u8>(p);
    if (byte > 0x20 || (byte != 0x20 && byte != 0x0a && byte != 0x0d && byte != 0x09)) break;
    p++;
  }
  return p;
}
