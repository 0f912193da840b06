/** Which gateways may follow this controller, each by a token of its own. Only hashes are held. */
import { createHash, timingSafeEqual } from "node:crypto";
import { UserError } from "../errors.ts";

/** In characters. */
export const shortestToken = 32;

export class GatewayTokens {
  private hashes = new Map<string, Buffer>();
  /** Called when other tokens are good than before. */
  changed: () => void = () => {};

  /** Tokens by the gateway's name. */
  constructor(tokens: Readonly<Record<string, string>> = {}) {
    this.set(tokens);
  }

  /** From now on only these are good. */
  set(tokens: Readonly<Record<string, string>>): void {
    const hashes = Object.entries(tokens).map(([gateway, token]): [string, Buffer] => {
      if (token.length >= shortestToken) return [gateway, digest(token)];
      throw new UserError(
        `gatewayTokens.${gateway}: expected ${shortestToken} characters or more, found ${token.length}`,
      );
    });
    this.hashes = new Map(hashes);
    this.changed();
  }

  get isEmpty(): boolean {
    return this.hashes.size === 0;
  }

  /** The gateway with the token of an `Authorization: Bearer` header; null if there is none. */
  gatewayOf(authorization: string | undefined): string | null {
    const [, token] = /^bearer +(\S+)$/i.exec(authorization ?? "") ?? [];
    const sent = digest(token ?? "");
    let found: string | null = null;
    // All are compared, so that the time does not tell which was near.
    for (const [gateway, hash] of this.hashes) if (timingSafeEqual(hash, sent)) found = gateway;
    return found;
  }
}

const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
