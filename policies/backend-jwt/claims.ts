import { Identity, Request } from "sluice/sdk";
import { JsonWriter } from "sluice/sdk/std/json/writer";
import { Params } from "./params";

/** Claims that only the gateway sets (RFC 7519, section 4.1). */
const RESERVED: string[] = ["iss", "sub", "aud", "exp", "nbf", "iat", "jti"];
const CONTEXT: string = "$ctx:";

/** Writes what a token says of the caller, all but its times. */
export class ClaimWriter {
  private dialect: string;
  private targets: string[];
  private customs: string[];

  constructor(private params: Params) {
    const dialect = params.dialect;
    this.dialect = dialect === null ? "" : dialect;
    this.targets = params.claimMappings.keys();
    this.customs = params.customClaims.keys();
  }

  /** The names that the parameters set and may not, null if there are none. */
  problem(): string | null {
    for (let i = 0; i < this.customs.length; i++) {
      const custom = this.customs[i];
      if (RESERVED.includes(custom)) return "customClaims." + custom + ": is set by the gateway";
      const value = this.params.customClaims.get(custom);
      if (value.startsWith(CONTEXT) && !isKnown(value.substring(CONTEXT.length))) {
        return "customClaims." + custom + ": there is no " + value;
      }
    }
    for (let i = 0; i < this.targets.length; i++) {
      const target = this.targets[i];
      if (RESERVED.includes(target)) return "claimMappings." + target + ": is set by the gateway";
    }
    return null;
  }

  /** Members of an object, for a caller. */
  write(request: Request, identity: Identity, json: JsonWriter): void {
    const written = new Set<string>();
    for (let i = 0; i < RESERVED.length; i++) written.add(RESERVED[i]);
    if (this.params.issuer.length) text(json, "iss", this.params.issuer);
    text(json, "sub", identity.subject);
    if (identity.audience.length) {
      json.key("aud");
      json.beginArray();
      for (let i = 0; i < identity.audience.length; i++) json.text(identity.audience[i]);
      json.endArray();
    }
    for (let i = 0; i < this.customs.length; i++) {
      const name = this.customs[i];
      once(written, json, name, valueOf(this.params.customClaims.get(name), request, identity));
    }
    for (let i = 0; i < this.targets.length; i++) {
      const source = this.params.claimMappings.get(this.targets[i]);
      once(written, json, this.targets[i], claimOf(identity, source));
    }
    const sources = this.params.claimMappings.values();
    const names = identity.properties.keys();
    for (let i = 0; i < names.length; i++) {
      const name = names[i];
      if (this.params.excludedClaims.includes(name) || sources.includes(name)) continue;
      once(written, json, this.dialect + name, identity.properties.get(name));
    }
  }
}

/** The first to say something is the one that counts. */
function once(written: Set<string>, json: JsonWriter, name: string, value: string | null): void {
  if (value === null || written.has(name)) return;
  written.add(name);
  text(json, name, value);
}

function text(json: JsonWriter, name: string, value: string): void {
  json.key(name);
  json.text(value);
}

/** A claim that the caller showed, null if there was none. */
function claimOf(identity: Identity, name: string): string | null {
  if (name == "sub") return identity.subject;
  if (name == "iss") return identity.issuer;
  if (name == "jti") return identity.tokenId;
  return identity.properties.has(name) ? identity.properties.get(name) : null;
}

function isKnown(name: string): bool {
  return (
    name.startsWith("property.") ||
    name.startsWith("metadata.") ||
    "|subject|issuer|kind|tokenId|credentialId|consumer|plan|scopes|request.method|request.path|request.host|".includes(
      "|" + name + "|",
    )
  );
}

/** A text of the parameters, or what it stands for. */
function valueOf(given: string, request: Request, identity: Identity): string | null {
  if (!given.startsWith(CONTEXT)) return given;
  const name = given.substring(CONTEXT.length);
  if (name == "subject") return identity.subject;
  if (name == "issuer") return identity.issuer;
  if (name == "kind") return identity.kind;
  if (name == "tokenId") return identity.tokenId;
  if (name == "credentialId") return identity.credentialId;
  if (name == "consumer") return identity.consumer;
  if (name == "plan") return identity.plan;
  if (name == "scopes") return identity.scopes.join(" ");
  if (name == "request.method") return request.method;
  if (name == "request.path") return request.pathname;
  if (name == "request.host") return request.host;
  const inner = name.substring(name.indexOf(".") + 1);
  const map = name.startsWith("property.") ? identity.properties : request.context.metadata;
  return map.has(inner) ? map.get(inner) : null;
}
