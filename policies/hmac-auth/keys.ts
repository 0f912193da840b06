import { findCredential } from "sluice/sdk/feed";
import { KeysItem } from "./params";

/** Whoever may sign. */
export class Signer {
  constructor(
    readonly secret: string,
    readonly consumer: string,
  ) {}
}

/** The keys of the parameters, or those of the gateway's consumers if there are none. */
export class Signers {
  private own: Map<string, Signer> = new Map<string, Signer>();
  /** What is wrong with them, null if nothing is. */
  problem: string | null = null;

  constructor(keys: KeysItem[]) {
    for (let i = 0; i < keys.length; i++) {
      const key = keys[i];
      if (this.own.has(key.keyId)) this.problem = "keys: " + key.keyId + " is there twice";
      const consumer = key.consumer;
      this.own.set(key.keyId, new Signer(key.secret, consumer !== null ? consumer : key.keyId));
    }
  }

  get areConsumers(): bool {
    return this.own.size == 0;
  }

  find(keyId: string): Signer | null {
    if (!this.areConsumers) return this.own.has(keyId) ? this.own.get(keyId) : null;
    const found = findCredential("hmac", keyId);
    if (found === null || !found.secret.length) return null;
    return new Signer(found.secret, found.consumer);
  }
}
