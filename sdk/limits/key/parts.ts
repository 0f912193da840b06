/** The parts of a request that a key can be made of. */
import { Identity } from "../../context";
import { lastingName } from "../../place";
import { Request } from "../../request";
import { IpAddress } from "../../std/net/ip";
import { KeyPart } from "./key";

export class ConstantPart extends KeyPart {
  constructor(private value: string) {
    super();
  }

  get fixed(): bool {
    return true;
  }

  of(request: Request): string {
    return this.value;
  }
}

/** The route; in a module of one policy, whatever route the request has taken. */
export class RoutePart extends KeyPart {
  of(request: Request): string {
    const name = request.attribute("xds.route_name");
    return name === null ? "" : lastingName(name);
  }
}

export class HeaderPart extends KeyPart {
  constructor(private name: string) {
    super();
  }

  of(request: Request): string {
    const value = request.header(this.name);
    return value === null ? "_missing_header_" + this.name + "_" : value;
  }
}

export class MetadataPart extends KeyPart {
  constructor(private name: string) {
    super();
  }

  of(request: Request): string {
    const metadata = request.context.metadata;
    if (metadata.has(this.name)) return metadata.get(this.name);
    return "_missing_metadata_" + this.name + "_";
  }
}

/** What a policy before this one has found out about the caller. */
export class IdentityPart extends KeyPart {
  constructor(private name: string) {
    super();
  }

  of(request: Request): string {
    const identity = request.context.identity;
    const value = identity === null ? "" : propertyOf(identity, this.name);
    return value.length ? value : "_missing_authproperty_" + this.name + "_";
  }
}

/** A claim of this name, else one of the facts that every identity has. */
function propertyOf(identity: Identity, name: string): string {
  if (identity.properties.has(name)) return identity.properties.get(name);
  if (name == "subject" || name == "sub") return identity.subject;
  if (name == "issuer" || name == "iss") return identity.issuer;
  if (name == "consumer") return identity.consumer.length ? identity.consumer : identity.subject;
  if (name == "plan") return identity.plan;
  if (name == "credentialId") return identity.credentialId;
  if (name == "tokenId" || name == "jti") return identity.tokenId;
  if (name == "authType") return identity.kind;
  return "";
}

/**
 * The client's address; of IPv6 the network of 64 bits, within which a client can choose. The listener
 * knows which proxies it may believe, so a client cannot choose it; `forwarded` takes the client's word
 * for it, as the first of `x-forwarded-for`.
 */
export class AddressPart extends KeyPart {
  constructor(private forwarded: bool) {
    super();
  }

  of(request: Request): string {
    const address = this.forwarded ? claimed(request) : request.attribute("source.address");
    return address === null || !address.length ? "unknown" : networkOf(address);
  }
}

function claimed(request: Request): string | null {
  const list = request.header("x-forwarded-for");
  if (list !== null) {
    const comma = list.indexOf(",");
    const first = (comma < 0 ? list : list.substring(0, comma)).trim();
    if (first.length) return first;
  }
  return request.header("x-real-ip");
}

/** What is no address stays as it is. */
function networkOf(text: string): string {
  const address = IpAddress.parseWithPort(text);
  if (address === null) return text;
  return address.isV4 ? address.toString() : address.high.toString(16) + "::/64";
}
