/** Wrong credentials by address: after twenty in a minute an address has to wait, so that guessing is slow. */
const windowMs = 60_000;
export const maxFailures = 20;
/** Bounds the memory; an attacker with more addresses than this starts the count anew. */
const maxAddresses = 10_000;

export class Failures {
  private readonly seen = new Map<string, { count: number; until: number }>();

  constructor(private readonly now: () => number = Date.now) {}

  blocked(address: string): boolean {
    const entry = this.seen.get(address);
    return entry !== undefined && entry.until > this.now() && entry.count >= maxFailures;
  }

  note(address: string): void {
    const entry = this.seen.get(address);
    if (entry && entry.until > this.now()) entry.count += 1;
    else {
      if (this.seen.size >= maxAddresses) this.seen.clear();
      this.seen.set(address, { count: 1, until: this.now() + windowMs });
    }
  }
}
