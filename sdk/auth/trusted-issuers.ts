/** Which of the gateway's issuers of tokens a route trusts: those it names, by name or issuer, or all. */
export class TrustedIssuers {
  private met: StaticArray<bool>;

  constructor(private wanted: string[]) {
    this.met = new StaticArray<bool>(wanted.length);
  }

  /** Whether this one is trusted. */
  has(name: string, issuer: string | null): bool {
    let found = !this.wanted.length;
    for (let i = 0; i < this.wanted.length; i++) {
      const one = this.wanted[i];
      if (one != name && (issuer === null || one != issuer)) continue;
      this.met[i] = true;
      found = true;
    }
    return found;
  }

  /** After all were asked about: what is wrong with the names, null if nothing is. */
  get problem(): string | null {
    for (let i = 0; i < this.wanted.length; i++) {
      if (!this.met[i]) return "issuers: the gateway knows no name or issuer " + this.wanted[i];
    }
    return null;
  }
}
