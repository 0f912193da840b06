/**
 * The keys that secrets are encrypted with at rest, AES-256-GCM, each in a file that its owner alone can read. The newest
 * seals; older ones open what they sealed, until it is sealed anew.
 */
import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { Seal } from "../agent/state/seal.ts";
import { UserError } from "../errors.ts";

export interface SecretKey {
  /** What rows say they were sealed with; never used for another key. */
  version: string;
  /** 32 bytes, mode 600. */
  file: string;
}

export class KeyRing {
  private readonly seals = new Map<string, Seal>();
  private making: Promise<Seal> | null = null;

  private constructor(private readonly first: SecretKey) {}

  /** The first key is the newest; it is made when there is something to seal and no such file. */
  static open(keys: readonly SecretKey[]): KeyRing {
    const [first] = keys;
    if (!first) throw new UserError("secretKeys: expected at least one key");
    const ring = new KeyRing(first);
    for (const [i, { version, file }] of keys.entries()) {
      if (ring.seals.has(version))
        throw new UserError(`secretKeys[${i}].version: is used twice, found "${version}"`);
      const seal = Seal.read(file);
      if (seal) ring.seals.set(version, seal);
      else if (i > 0) throw new UserError(`secretKeys[${i}].file: there is no ${file}`);
    }
    return ring;
  }

  get newest(): string {
    return this.first.version;
  }

  /** `place` is bound to the text: a row that was copied to another name opens no more. */
  async seal(text: string, place: string): Promise<string> {
    const seal = await this.sealing();
    return seal.close(Buffer.from(text), place).toString("base64");
  }

  unseal(sealed: string, version: string, place: string): string {
    const seal = this.seals.get(version) ?? this.appeared(version);
    if (!seal)
      throw new UserError(
        `${place} was sealed with the key "${version}", which controller.encryption lacks`,
      );
    const text = seal.open(Buffer.from(sealed, "base64"), place);
    if (text) return text.toString("utf8");
    throw new UserError(
      `${place} cannot be opened: the key "${version}" here is not the one that sealed it`,
    );
  }

  /** The newest, when another controller on this file has made it meanwhile. */
  private appeared(version: string): Seal | null {
    const seal = version === this.newest ? Seal.read(this.first.file) : null;
    if (seal) this.seals.set(version, seal);
    return seal;
  }

  private async sealing(): Promise<Seal> {
    // Made once, however many ask for it; tried again if that failed, as on a disk that was full.
    return (
      this.seals.get(this.newest) ??
      (this.making ??= this.make().finally(() => (this.making = null)))
    );
  }

  private async make(): Promise<Seal> {
    const { version, file } = this.first;
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    const seal = await Seal.at(file);
    this.seals.set(version, seal);
    return seal;
  }
}
