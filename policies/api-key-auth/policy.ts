import { Identity, Place, Policy, Reply, Request, Verdict } from "sluice/sdk";
import { ApiKey, findKey, identifyConsumer, sha256Text, whenFed } from "sluice/sdk/feed";
import { accept, reject } from "sluice/sdk/auth/outcome";
import { equalInConstantTime } from "sluice/sdk/std/crypto/equal";
import { Query } from "sluice/sdk/std/net/query";
import { Params } from "./params";

/** Longer than any key that the gateway makes or takes. */
const LONGEST: i32 = 1024;

/** Lets a request through that shows a key of the API, or of a consumer. */
export class ApiKeyAuth extends Policy<Params> {
  private scope: string = "";
  private prefix: string = "";

  configure(): string | null {
    this.scope = Place.find().scope;
    const prefix = this.params.valuePrefix.trim();
    this.prefix = prefix.toLowerCase();
    return null;
  }

  onRequestHeaders(request: Request): Verdict {
    const raw = this.keyIn(request);
    if (raw === null) return this.refuse(request, "there is no key, or more than one");
    const inline = this.inline(raw);
    if (inline !== null) return this.accept(request, inline);
    const waits = whenFed(request);
    if (waits != Verdict.Continue) return waits;
    const key = findKey(this.scope, raw);
    if (key === null) return this.refuse(request, "the key is not known here");
    if (key.issuer.length && key.issuer != this.params.issuer) {
      return this.refuse(request, "the key is of another issuer");
    }
    return this.accept(request, key);
  }

  /** The key as it was sent, null if there is none or more than one. */
  private keyIn(request: Request): string | null {
    const values =
      this.params.in_ == "query"
        ? Query.parse(request.query).all(this.params.key)
        : request.headers.all(this.params.key);
    if (values.length != 1) return null;
    let value = values[0].trim();
    if (this.prefix.length) {
      if (value.length <= this.prefix.length) return null;
      if (value.substring(0, this.prefix.length).toLowerCase() != this.prefix) return null;
      value = value.substring(this.prefix.length).trim();
    }
    return value.length && value.length <= LONGEST ? value : null;
  }

  /** The one of the policy's own keys that this is; all are compared, whichever it is. */
  private inline(raw: string): ApiKey | null {
    const keys = this.params.keys;
    if (!keys.length) return null;
    const hash = sha256Text(raw);
    let found = -1;
    for (let i = 0; i < keys.length; i++) {
      if (equalInConstantTime(hash, keys[i].sha256)) found = i;
    }
    if (found < 0) return null;
    const key = new ApiKey();
    key.name = keys[found].name;
    key.owner = keys[found].name;
    key.consumer = keys[found].consumer;
    return key;
  }

  private accept(request: Request, key: ApiKey): Verdict {
    const identity = new Identity();
    identity.kind = "apikey";
    identity.subject = key.owner;
    identity.issuer = key.issuer;
    identity.credentialId = key.name;
    identifyConsumer(identity, key.consumer);
    const metadata = request.context.metadata;
    if (key.applicationId.length) metadata.set("x-wso2-application-id", key.applicationId);
    if (key.applicationName.length) metadata.set("x-wso2-application-name", key.applicationName);
    accept(request, identity);
    if (this.params.hideCredential) this.hide(request);
    return Verdict.Continue;
  }

  private hide(request: Request): void {
    if (this.params.in_ != "query") {
      request.headers.remove(this.params.key);
      return;
    }
    const query = Query.parse(request.query);
    query.remove(this.params.key);
    const rest = query.toString();
    request.path = rest.length ? request.pathname + "?" + rest : request.pathname;
  }

  /** One answer for every cause: it tells nothing about which keys there are. */
  private refuse(request: Request, why: string): Verdict {
    reject(request, "apikey", why);
    return request.respond(new Reply(401).error("Valid API key required"));
  }
}
