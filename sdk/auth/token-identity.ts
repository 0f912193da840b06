/** Who a verified token says its bearer is. */
import { Identity } from "../context";
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
  identity.audience = audiencesOf(claims);
  identity.scopes = scopes.of(claims);
  identity.tokenId = textOf(claims, "jti");
  const members: JsonMembers = claims.json.root.members();
  while (members.next()) {
    if (!isRegistered(members)) identity.properties.set(members.key, claimText(members.value));
  }
  return identity;
}

function textOf(claims: Claims, name: string): string {
  const value = claims.find(name);
  return value === null ? "" : claimText(value);
}

/** The audience is one text, with whatever is in it, or an array. */
function audiencesOf(claims: Claims): string[] {
  return claims.list("aud", "");
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
