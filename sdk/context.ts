/**
 * What the policies of one request tell each other: who is calling, and free metadata. Lives with the
 * request; nothing of it leaves the gateway by itself.
 */

/** What an identity says beyond who it is: worked out when somebody asks, as most requests need none of it. */
export class Details {
  readonly audience: string[] = [];
  readonly scopes: string[] = [];
  readonly properties: Map<string, string> = new Map<string, string>();
  private worked: bool = false;

  /** Fills them; for who knows how. */
  protected work(): void {}

  settled(): Details {
    if (!this.worked) {
      this.worked = true;
      this.work();
    }
    return this;
  }
}

/** Who a policy found the caller to be. Each authentication adds one in front of the last. */
export class Identity {
  /** How: `jwt`, `apikey`, `basic`, … */
  kind: string = "";
  subject: string = "";
  issuer: string = "";
  /** Of the key or certificate that was shown, never the secret itself. */
  credentialId: string = "";
  tokenId: string = "";
  consumer: string = "";
  plan: string = "";
  groups: string[] = [];
  previous: Identity | null = null;
  /** Null until asked for, unless there is a way to work them out. */
  details: Details | null = null;

  get audience(): string[] {
    return this.known.audience;
  }

  get scopes(): string[] {
    return this.known.scopes;
  }

  /** Claims and other attributes, as text. */
  get properties(): Map<string, string> {
    return this.known.properties;
  }

  private get known(): Details {
    let details = this.details;
    if (details === null) {
      details = new Details();
      this.details = details;
    }
    return details.settled();
  }
}

export class Context {
  /** The latest identity, null if nobody was authenticated. */
  identity: Identity | null = null;
  metadata: Map<string, string> = new Map<string, string>();
  /** How authentications ended: `auth/outcome.ts` writes it. */
  outcomes: string = "";

  identify(identity: Identity): void {
    identity.previous = this.identity;
    this.identity = identity;
  }
}
