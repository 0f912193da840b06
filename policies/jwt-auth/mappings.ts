import { Headers } from "sluice/sdk";
import { headerText } from "sluice/sdk/auth/claim-text";
import { Claims } from "sluice/sdk/std/jwt/claims";

/** Longer values would break upstreams; they are left out. */
const LONGEST_VALUE: i32 = 8192;

/** Writes values of claims into headers, in place of whatever the client sent there. */
export class Mappings {
  private claims: string[];

  constructor(private headers: Map<string, string>) {
    this.claims = headers.keys();
  }

  apply(claims: Claims, to: Headers): void {
    for (let i = 0; i < this.claims.length; i++) to.remove(this.headers.get(this.claims[i]));
    for (let i = 0; i < this.claims.length; i++) {
      const value = claims.find(this.claims[i]);
      if (value === null) continue;
      const text = headerText(value);
      if (text.length <= LONGEST_VALUE) to.set(this.headers.get(this.claims[i]), text);
    }
  }
}
