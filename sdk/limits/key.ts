/**
 * For whom a limit counts: parts of a request, read one after the other. What is missing has a value of
 * its own, so that a request cannot get around a limit by leaving something out.
 */
import { Request } from "../request";
import { Identity } from "../context";
import { lastingName } from "../place";
import { decimal } from "../hostcalls/text";

export abstract class KeyPart {
  abstract of(request: Request): string;

  /** True if it is the same for every request. */
  get fixed(): bool {
    return false;
  }

  /** False if requests with this value are not to be counted. */
  counts(value: string): bool {
    return true;
  }
}

/** A key is read to its end, however long: what is kept of it is a hash of 128 bits. */
export class Key {
  private text: string | null = null;

  constructor(private parts: KeyPart[]) {
    let fixed = true;
    for (let i = 0; i < parts.length; i++) if (!parts[i].fixed) fixed = false;
    if (fixed) this.text = this.read(new Request());
  }

  /** Null if the request is not to be counted. */
  of(request: Request): string | null {
    const text = this.text;
    return text !== null ? text : this.read(request);
  }

  private read(request: Request): string | null {
    const parts = this.parts;
    let text = "";
    for (let i = 0; i < parts.length; i++) {
      const value = unchecked(parts[i]).of(request);
      if (!unchecked(parts[i]).counts(value)) return null;
      // With their lengths, so that no two lists of values make the same text.
      text += parts.length > 1 ? decimal(value.length) + ":" + value + ":" : value;
    }
    return text;
  }
}

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
    const value = identity === null ? null : propertyOf(identity, this.name);
    return value === null || !value.length ? "_missing_authproperty_" + this.name + "_" : value;
  }
}

/** A claim of this name, else one of the facts that every identity has. */
function propertyOf(identity: Identity, name: string): string | null {
  if (identity.properties.has(name)) return identity.properties.get(name);
  if (name == "subject" || name == "sub") return identity.subject;
  if (name == "issuer" || name == "iss") return identity.issuer;
  if (name == "consumer") return identity.consumer.length ? identity.consumer : identity.subject;
  if (name == "plan") return identity.plan;
  if (name == "credentialId") return identity.credentialId;
  if (name == "tokenId" || name == "jti") return identity.tokenId;
  if (name == "authType") return identity.kind;
  return null;
}

/**
 * The client's address. The listener knows which proxies it may believe, so a client cannot choose it;
 * `forwarded` takes the client's word for it, as the first of `x-forwarded-for`.
 */
export class AddressPart extends KeyPart {
  constructor(private forwarded: bool) {
    super();
  }

  of(request: Request): string {
    if (!this.forwarded) return withoutPort(request.attribute("source.address"));
    const list = request.header("x-forwarded-for");
    if (list !== null) {
      const comma = list.indexOf(",");
      const first = (comma < 0 ? list : list.substring(0, comma)).trim();
      if (first.length) return first;
    }
    const real = request.header("x-real-ip");
    return real === null || !real.length ? "unknown" : real;
  }
}

function withoutPort(address: string | null): string {
  if (address === null) return "unknown";
  const colon = address.lastIndexOf(":");
  return colon < 0 ? address : address.substring(0, colon);
}
