/** A tar archive of texts, as every `tar` reads it (ustar). */
export interface TextFile {
  /** At most 100 bytes. */
  name: string;
  text: string;
}

const block = 512;

export function tar(files: readonly TextFile[], seconds: number): Buffer {
  const parts = files.flatMap(({ name, text }) => {
    const content = Buffer.from(text);
    const rest = (block - (content.length % block)) % block;
    return [header(name, content.length, seconds), content, Buffer.alloc(rest)];
  });
  return Buffer.concat([...parts, Buffer.alloc(2 * block)]);
}

function header(name: string, size: number, seconds: number): Buffer {
  const out = Buffer.alloc(block);
  out.write(name, 0, 100);
  out.write("0000600\0", 100);
  out.write("0000000\0".repeat(2), 108);
  out.write(`${size.toString(8).padStart(11, "0")}\0`, 124);
  out.write(`${seconds.toString(8).padStart(11, "0")}\0`, 136);
  out.write("        0", 148);
  out.write("ustar\x0000", 257);
  const sum = out.reduce((all, byte) => all + byte, 0);
  out.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  return out;
}
