/** Hashes of texts. A file of its own, because the compiler does not find `./std/…` from beside `std/`. */
import { Sha256 } from "../std/crypto/sha256";
import { encode, written } from "./text";

const hashed: usize = memory.data(32);

/** SHA-256 of the text's UTF-8 in lower-case hexadecimal. */
export function sha256Text(text: string): string {
  const at = encode(text);
  const sha = new Sha256();
  sha.update(at, written);
  sha.finish(hashed);
  const hex = changetype<string>(__new(128, idof<string>()));
  for (let i: usize = 0; i < 32; i++) {
    const byte = load<u8>(hashed + i);
    store<u16>(changetype<usize>(hex) + (i << 2), digit(byte >> 4));
    store<u16>(changetype<usize>(hex) + (i << 2), digit(byte & 15), 2);
  }
  return hex;
}

function digit(value: u32): u16 {
  return <u16>(value < 10 ? 48 + value : 87 + value);
}
