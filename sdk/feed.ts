/**
 * What the gateway knows of keys, subscriptions, plans and consumers. It lies in this Envoy, brought by
 * a feed, so a lookup costs a microsecond or two and goes on when every controller is gone. Nothing is
 * found before the feed has come: ask `whenFed` first, or when something is missing.
 */
import { feedReady } from "./engine/feed/hook";
import { findValue, valueSize } from "./engine/feed/records";
import { decode } from "./hostcalls/text";
import { nowMilliseconds } from "./hostcalls/clock";
import { Identity } from "./context";
import { Request } from "./request";
import { sha256Text } from "./hostcalls/digest";
import { Verdict } from "./policy";

export { sha256Text } from "./hostcalls/digest";

const FIELD: string = "\u001f";
/** A request waits at most this long for the feed of an Envoy that has just started. */
const PATIENCE_MS: i64 = 5000;

/** Fields of the record that `text` names, null if there is none. */
function fieldsOf(text: string): string[] | null {
  const at = findValue(text);
  return at ? decode(at, valueSize).split(FIELD) : null;
}

function field(fields: string[], i: i32): string {
  return i < fields.length ? fields[i] : "";
}

function time(text: string): i64 {
  return text.length ? I64.parseInt(text) : 0;
}

/** An API key, by its hash; the key itself is nowhere. Only one that is active and has not expired is found. */
export class ApiKey {
  name: string = "";
  /** Milliseconds since 1970, 0 if it does not expire. */
  expiresAt: i64 = 0;
  external: bool = false;
  issuer: string = "";
  owner: string = "";
  consumer: string = "";
  applicationId: string = "";
  applicationName: string = "";
}

/** The key of an API, by the `scope` of the policy's place, or of a consumer who may use it with every API. */
export function findKey(scope: string, raw: string): ApiKey | null {
  const hash = sha256Text(raw);
  let fields = fieldsOf("k" + scope + "\n" + hash);
  if (fields === null) fields = fieldsOf("k*\n" + hash);
  if (fields === null) return null;
  const key = new ApiKey();
  key.expiresAt = time(field(fields, 1));
  if (key.expiresAt && key.expiresAt <= nowMilliseconds()) return null;
  key.name = field(fields, 0);
  key.external = field(fields, 2) == "external";
  key.issuer = field(fields, 3);
  key.owner = field(fields, 4);
  key.consumer = field(fields, 5);
  key.applicationId = field(fields, 6);
  key.applicationName = field(fields, 7);
  return key;
}

export class Subscription {
  id: string = "";
  status: string = "";
  planId: string = "";
  applicationId: string = "";
  billingCustomerId: string = "";
  billingSubscriptionId: string = "";
  consumer: string = "";
}

/** By the token that a client shows. */
export function findSubscription(scope: string, token: string): Subscription | null {
  return subscription(scope, sha256Text(token));
}

/** By the application that a key or a token belongs to. */
export function findSubscriptionOf(scope: string, applicationId: string): Subscription | null {
  return subscription(scope, "app:" + applicationId);
}

function subscription(scope: string, key: string): Subscription | null {
  const fields = fieldsOf("s" + scope + "\n" + key);
  if (fields === null) return null;
  const one = new Subscription();
  one.id = field(fields, 0);
  one.status = field(fields, 1);
  one.planId = field(fields, 2);
  one.applicationId = field(fields, 3);
  one.billingCustomerId = field(fields, 4);
  one.billingSubscriptionId = field(fields, 5);
  one.consumer = field(fields, 6);
  return one;
}

export class Plan {
  name: string = "";
  /** 0 if the plan limits nothing. */
  limit: i64 = 0;
  /** `Min`, `Hour`, `Day` or `Month`. */
  unit: string = "";
  stopOnQuotaReach: bool = true;
  status: string = "";
  expiresAt: i64 = 0;
  billingPlan: string = "";
}

export function findPlan(id: string): Plan | null {
  const fields = fieldsOf("p" + id);
  if (fields === null) return null;
  const plan = new Plan();
  plan.name = field(fields, 0);
  plan.limit = time(field(fields, 1));
  plan.unit = field(fields, 2);
  plan.stopOnQuotaReach = field(fields, 3) != "0";
  plan.status = field(fields, 4);
  plan.expiresAt = time(field(fields, 5));
  plan.billingPlan = field(fields, 6);
  return plan;
}

export class Consumer {
  handle: string = "";
  displayName: string = "";
  planId: string = "";
  groups: string[] = [];
  /** One JSON object of texts. */
  attributes: string = "";
}

export function findConsumer(handle: string): Consumer | null {
  const fields = fieldsOf("c" + handle);
  if (fields === null) return null;
  const consumer = new Consumer();
  consumer.handle = handle;
  consumer.displayName = field(fields, 0);
  consumer.planId = field(fields, 1);
  if (field(fields, 2).length) consumer.groups = field(fields, 2).split(",");
  consumer.attributes = field(fields, 3);
  return consumer;
}

/** Makes a consumer the caller, with the plan and the groups that it has now; an empty handle is nobody's. */
export function identifyConsumer(identity: Identity, handle: string): void {
  if (!handle.length) return;
  identity.consumer = handle;
  const consumer = findConsumer(handle);
  if (consumer === null) return;
  identity.plan = consumer.planId;
  identity.groups = consumer.groups;
}

/** Who has a credential: of `basic` by the user's name, `jwt` by issuer and subject, `mtls` by fingerprint, `hmac` by key id. */
export class Credential {
  consumer: string = "";
  /** The hash of `basic`, the secret of `hmac`. */
  secret: string = "";
}

export function findCredential(kind: string, name: string, part: string = ""): Credential | null {
  const fields = fieldsOf("b" + kind + "\n" + name + (part.length ? "\n" + part : ""));
  if (fields === null) return null;
  const credential = new Credential();
  credential.consumer = field(fields, 0);
  credential.secret = field(fields, 1);
  return credential;
}

/** True if the token with this id was revoked. */
export function isRevoked(issuer: string, tokenId: string): bool {
  return findValue("rjti\n" + issuer + "\n" + tokenId) != 0;
}

/** True if this very token was revoked. */
export function isTokenRevoked(token: string): bool {
  return findValue("rsha256\n" + sha256Text(token)) != 0;
}

/**
 * `Continue` once the feed is here: what is not found is not there. Before that the request waits, and
 * its handler runs again; in the end it is refused with 503.
 */
export function whenFed(request: Request): Verdict {
  if (feedReady()) return Verdict.Continue;
  const started = request.integer("request.time") / 1000000;
  if (request.now - started > PATIENCE_MS) {
    return request.deny(503, "The gateway does not know its keys yet");
  }
  return request.after(50);
}
