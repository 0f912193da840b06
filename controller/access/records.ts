/** Rows of the store as records of the feed. */
import { FEED_FIELD, feedId } from "../../host-sim/feed.ts";
import { keyScope } from "../store/feed-changes.ts";
import type { ApiKey } from "../store/keys.ts";

export interface FeedRecord {
  id: Buffer;
  value: Buffer;
}

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

const fields = (...texts: (string | null)[]): Buffer =>
  Buffer.from(texts.map((text) => (text ?? "").replaceAll(FEED_FIELD, "")).join(FEED_FIELD));

const time = (text: string | null): string => (text === null ? "" : String(Date.parse(text)));
