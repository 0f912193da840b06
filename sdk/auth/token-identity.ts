/** Who a verified token says its bearer is. */
import { Details, Identity } from "../context";
import { JsonMembers } from "../std/json/value";
import { Claims } from "../std/jwt/claims";
import { claimText } from "./claim-text";
import { Scopes } from "./scopes";

export function tokenIdentity(
  kind: string,
  claims: Claims,
  scopes: Scopes,
  userIdClaim: string,
): Identity {
  const identity = new Identity();
  identity.kind = kind;
  identity.subject = textOf(claims, userIdClaim);
  identity.issuer = textOf(claims, "iss");
  identity.tokenId = textOf(claims, "jti");
  identity.details = new TokenDetails(claims, scopes);
  return identity;
}

class TokenDetails extends Details {
  constructor(
    private claims: Claims,
    private where: Scopes,
  ) {
    super();
  }

  protected work(): void {
    // The audience is one text, with whatever is in it, or an array.
    copyTo(this.audience, this.claims.list("aud", ""));
    copyTo(this.scopes, this.where.of(this.claims));
    const members: JsonMembers = this.claims.json.root.members();
    while (members.next()) {
      if (!isRegistered(members)) this.properties.set(members.key, claimText(members.value));
    }
  }
}

function copyTo(list: string[], items: string[]): void {
  for (let i = 0; i < items.length; i++) list.push(items[i]);
}

function textOf(claims: Claims, name: string): string {
  const value = claims.find(name);
  return value === null ? "" : claimText(value);
}

/** RFC 7519, section 4.1: these have fields of their own, or are about the token. */
function isRegistered(members: JsonMembers): bool {
  return (
    members.keyIs("iss") ||
    members.keyIs("sub") ||
    members.keyIs("aud") ||
    members.keyIs("exp") ||
    members.keyIs("nbf") ||
    members.keyIs("iat") ||
    members.keyIs("jti")
  );
}
