/** Rows of the store as records of the feed. */
import { FEED_FIELD, feedId, feedIdText } from "../../host-sim/feed/words.ts";
import { keyScope } from "../store/access/feed-changes.ts";
import type { FeedRecord, Gathered } from "./gathered.ts";
import type { FedKey } from "../store/access/fed-keys.ts";
import type { ApiKey } from "../store/access/keys.ts";
import {
  credentialId,
  credentialsOf,
  type ConsumerRecord,
  type HmacCredential,
  type StoredCredential,
} from "../store/access/consumers.ts";
import type { Plan } from "../store/access/plans.ts";
import { revocationId, type Revocation } from "../store/access/revocations.ts";
import { subscriptionIds, type Subscription } from "../store/access/subscriptions.ts";

/** An expired key stays until it is cleaned up: the gateway looks at the time itself. */
export function apiKeyRecords(key: ApiKey): FeedRecord[] {
  const record = (hash: string, expires: string | null): FeedRecord => ({
    id: feedId("key", keyScope(key), hash),
    value: fields(
      ...[key.name, time(expires), key.source, key.issuer, key.created_by],
      ...[key.kind === "Consumer" ? key.handle : "", key.application_id, key.application_name],
    ),
  });
  const current = record(key.hash, key.expires_at);
  return key.old_hash === null ? [current] : [current, record(key.old_hash, key.old_until)];
}

/** The same for very many of them. */
export function gatherKey(into: Gathered, { scope, name, rest, ...key }: FedKey): void {
  const add = (hash: string, expires: string) =>
    into.addText(
      feedIdText("key", scope, hash),
      name + FEED_FIELD + time(expires) + FEED_FIELD + rest,
    );
  add(key.hash, key.expires);
  if (key.oldHash) add(key.oldHash, key.oldUntil);
}

/** An inactive plan stays: its subscribers are told that it is. */
export const planRecords = (plan: Plan): FeedRecord[] => [
  {
    id: feedId("plan", plan.id),
    value: fields(
      ...[plan.name, number(plan.limit_count), plan.limit_unit],
      ...[number(plan.stop_on_quota_reach), plan.status, time(plan.expires_at), plan.billing_plan],
    ),
  },
];

export function subscriptionRecords(subscription: Subscription): FeedRecord[] {
  if (subscription.status === "REVOKED") return [];
  const value = fields(
    ...[subscription.id, subscription.status, subscription.plan_id, subscription.application_id],
    ...[subscription.billing_customer_id, subscription.billing_subscription_id],
    subscription.consumer,
  );
  return subscriptionIds(subscription).map((id) => ({ id, value }));
}

export const revocationRecords = (row: Revocation): FeedRecord[] => [
  { id: revocationId(row), value: fields(time(row.expires_at)) },
];

/** `opened` is the secret of an `hmac` credential, null when it cannot be read. */
export function consumerRecords(
  row: ConsumerRecord,
  opened: (credential: HmacCredential) => string | null,
): FeedRecord[] {
  const groups = (JSON.parse(row.groups) as string[]).join(",");
  const records = [
    {
      id: feedId("consumer", row.handle),
      value: fields(row.display_name, row.plan_id, groups, row.attributes),
    },
  ];
  for (const credential of credentialsOf(row)) {
    const proof = proofOf(credential, opened);
    if (proof === null) continue;
    const value = proof === "" ? fields(row.handle) : fields(row.handle, proof);
    records.push({ id: credentialId(credential), value });
  }
  return records;
}

/** What a gateway compares with; empty where finding the credential says it all. */
function proofOf(
  credential: StoredCredential,
  opened: (credential: HmacCredential) => string | null,
): string | null {
  if (credential.type === "basic") return credential.hash;
  return credential.type === "hmac" ? opened(credential) : "";
}

function fields(...texts: (string | null)[]): Buffer {
  const clean = texts.map((text) => text?.replaceAll(FEED_FIELD, ""));
  return Buffer.from(clean.join(FEED_FIELD));
}

const number = (value: number | null): string => (value === null ? "" : String(value));

const time = (text: string | null): string => (text ? String(Date.parse(text)) : "");
