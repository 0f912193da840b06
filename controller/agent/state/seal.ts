/**
 * What an agent keeps is encrypted with AES-256-GCM: it holds secrets and private keys. The key lies beside it, readable
 * by its owner alone, so that copies of the state without the key tell nothing.
 */
import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { reason, UserError } from "../../errors.ts";
import { writeWhole } from "./whole-file.ts";

const keyBytes = 32;
const ivBytes = 12;
const tagBytes = 16;
/** How much longer the sealed text is. */
const sealBytes = ivBytes + tagBytes;

export class Seal {
  private constructor(private readonly key: Buffer) {}

  /** Reads the key, or makes one where there is none. */
  static async at(path: string): Promise<Seal> {
    const found = Seal.read(path);
    if (found) return found;
    const key = randomBytes(keyBytes);
    await writeWhole(path, [key]);
    return new Seal(key);
  }

  /** Null where there is none. */
  static read(path: string): Seal | null {
    let found: Buffer;
    try {
      found = readFileSync(path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
      throw new UserError(`${path}: cannot be read: ${reason(error)}`);
    }
    if (found.length !== keyBytes)
      throw new UserError(`${path}: expected a key of ${keyBytes} bytes, found ${found.length}`);
    const mode = statSync(path).mode & 0o777;
    if (mode & 0o077)
      throw new UserError(
        `${path}: expected a key that only its owner can read (mode 600), found ${mode.toString(8)}`,
      );
    return new Seal(found);
  }

  /** `place` is bound to the text: it opens nowhere else. */
  close(text: Uint8Array, place: string): Buffer {
    const iv = randomBytes(ivBytes);
    const cipher = createCipheriv("aes-256-gcm", this.key, iv).setAAD(Buffer.from(place));
    return Buffer.concat([iv, cipher.update(text), cipher.final(), cipher.getAuthTag()]);
  }

  /** Null when it is not what was sealed for this place. */
  open(sealed: Buffer, place: string): Buffer | null {
    if (sealed.length < sealBytes) return null;
    const cipher = createDecipheriv("aes-256-gcm", this.key, sealed.subarray(0, ivBytes))
      .setAAD(Buffer.from(place))
      .setAuthTag(sealed.subarray(-tagBytes));
    const text = cipher.update(sealed.subarray(ivBytes, -tagBytes));
    try {
      return Buffer.concat([text, cipher.final()]);
    } catch {
      return null;
    }
  }
}
