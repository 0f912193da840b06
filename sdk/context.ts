/**
 * What the policies of one request tell each other: who is calling, and free metadata. Lives with the
 * request; nothing of it leaves the gateway by itself.
 */

/** Who a policy found the caller to be. Each authentication adds one in front of the last. */
export class Identity {
  /** How: `jwt`, `apikey`, `basic`, … */
  kind: string = "";
  subject: string = "";
  issuer: string = "";
  audience: string[] = [];
  scopes: string[] = [];
  /** Of the key or certificate that was shown, never the secret itself. */
  credentialId: string = "";
  tokenId: string = "";
  consumer: string = "";
  plan: string = "";
  groups: string[] = [];
  /** Claims and other attributes, as text. */
  properties: Map<string, string> = new Map<string, string>();
  previous: Identity | null = null;
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
