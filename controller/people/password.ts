/**
 * Passwords: bcrypt hashes, checked without blocking for long, and remembered while they are right so that a script with a
 * thousand calls does not hash a thousand times.
 */
import { createHmac, randomBytes } from "node:crypto";
import { compare, hash } from "bcryptjs";

/** 2^11 rounds: some 100 ms of this machine. */
const cost = 11;
const rememberedMs = 60_000;
const maxRemembered = 1_000;
/** bcrypt reads 72 bytes; a longer password would be cut in silence. */
export const maxPasswordBytes = 72;

export const hashPassword = (password: string): Promise<string> => hash(password, cost);

const nobody = "$2b$11$AhIvqx7uwVBpb3ihRa/7qOS3kSlCKYw5wTlkRcl6FlxeFzq4A1pDu";

/**
 * What an unknown name is compared with, so that the time does not tell which names exist: it costs what the hash of some
 * user costs, since those of a configuration may have any cost, and for one name always the same.
 */
export function standIn(username: string, hashes: readonly string[]): string {
  const picked = createHmac("sha256", nobody).update(username).digest().readUInt32BE(0);
  const [, cost] = /^\$2.\$(\d\d)/.exec(hashes[picked % hashes.length] ?? nobody)!;
  return nobody.replace("$11$", `$${cost}$`);
}

export class Passwords {
  /** Proofs are keyed hashes: the memory holds no password. */
  private readonly key = randomBytes(32);
  private readonly proven = new Map<string, number>();

  /** Whether they were right a moment ago; costs nothing. */
  remembered(password: string, stored: string): boolean {
    return (this.proven.get(this.proof(password, stored)) ?? 0) > Date.now();
  }

  async check(password: string, stored: string): Promise<boolean> {
    const right = await compare(password, stored);
    // bcrypt would take any password that only begins as the right one does.
    if (!right || Buffer.byteLength(password) > maxPasswordBytes) return false;
    if (this.proven.size >= maxRemembered) this.proven.clear();
    this.proven.set(this.proof(password, stored), Date.now() + rememberedMs);
    return true;
  }

  private proof(password: string, stored: string): string {
    return createHmac("sha256", this.key).update(`${stored}\n${password}`).digest("hex");
  }
}

export const isBcrypt = (text: string): boolean => /^\$2[aby]\$\d\d\$[./A-Za-z0-9]{53}$/.test(text);
