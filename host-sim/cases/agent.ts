/**
 * The agent beside an Envoy, as far as a case needs it: it answers `GET /feed` from the case's records, in the simulator
 * and behind a real Envoy, and hands anything else to the service that the case names for it.
 */
import {
  FEED_BUCKETS,
  FEED_FIELD,
  feedBucket,
  feedDelta,
  feedId,
  feedRecord,
  feedSnapshot,
  type FeedTableName,
} from "../feed.ts";
import type { Upstream, UpstreamAnswer, UpstreamRequest } from "../http/upstream.ts";

/** The cluster that the engine asks. */
export const agentCluster = "sluice.agent";

/** A record of the feed, by its table and the parts of its id; without fields and value it is gone. */
export interface FeedEntry {
  table: FeedTableName;
  id: string[];
  fields?: string[];
  value?: string;
}

interface Held {
  revision: number;
  answer(answer: UpstreamAnswer): void;
}

let agents = 0;

export class CaseAgent {
  /** Another agent's numbers mean something else. */
  readonly #epoch = BigInt(++agents);
  readonly #records = new Map<string, { id: Buffer; value: Buffer | null; at: number }>();
  #revision = 1;
  /** What the engine was seen to have. */
  #taken = 0;
  #held: Held[] = [];

  constructor(
    entries: readonly FeedEntry[],
    private readonly other: Upstream = { status: 404 },
  ) {
    this.put(entries);
  }

  /** Whether the engine has everything that was put. */
  get taken(): boolean {
    return this.#taken === this.#revision;
  }

  put(entries: readonly FeedEntry[]): void {
    for (const { table, id: parts, fields, value } of entries) {
      const id = feedId(table, ...parts);
      const text = value ?? fields?.join(FEED_FIELD);
      this.#records.set(id.toString("hex"), {
        id,
        value: text === undefined ? null : Buffer.from(text),
        at: ++this.#revision,
      });
    }
    if (entries.length === 0) return;
    for (const { answer, revision } of this.#held.splice(0)) answer(this.#delta(revision));
  }

  /** What stands behind the cluster. */
  readonly upstream: Upstream = (request) =>
    isFeedRequest(request)
      ? this.#feed(new URL(request.path, "http://agent").searchParams)
      : this.#elsewhere(request);

  #elsewhere(request: UpstreamRequest): UpstreamAnswer | Promise<UpstreamAnswer> {
    const { other } = this;
    if (typeof other === "function") return other(request);
    return typeof other === "string" ? { disconnect: "before-headers" } : other;
  }

  #feed(query: URLSearchParams): UpstreamAnswer {
    const number = (name: string): number => Number(query.get(name));
    const known = BigInt(number("epoch")) === this.#epoch;
    if (!known || number("cursor") < FEED_BUCKETS) return this.#snapshot();
    const revision = number("revision");
    this.#taken = Math.max(this.#taken, revision);
    if (revision < this.#revision) return this.#delta(revision);
    return {
      ...this.#delta(revision),
      delayMs: number("wait"),
      unless: (answer) => this.#held.push({ revision, answer }),
    };
  }

  #delta(since: number): UpstreamAnswer {
    const newer = [...this.#records.values()]
      .filter(({ at }) => at > since)
      .sort((a, b) => a.at - b.at);
    const at = { epoch: this.#epoch, revision: BigInt(this.#revision) };
    const records = newer.map(({ id, value }) => feedRecord(id, value));
    return { body: feedDelta(at, records) };
  }

  #snapshot(): UpstreamAnswer {
    const buckets = new Map<number, Buffer[]>();
    for (const { id, value } of this.#records.values())
      if (value)
        buckets.set(feedBucket(id), [
          ...(buckets.get(feedBucket(id)) ?? []),
          feedRecord(id, value),
        ]);
    const at = { epoch: this.#epoch, revision: BigInt(this.#revision), cursor: FEED_BUCKETS };
    const ascending = [...buckets].sort(([a], [b]) => a - b);
    return {
      body: feedSnapshot(
        at,
        ascending.map(([bucket, records]) => [bucket, Buffer.concat(records)]),
      ),
    };
  }
}

/** The engine's own questions are none of a request's callouts. */
export const isFeedRequest = ({ path }: Pick<UpstreamRequest, "path">): boolean =>
  path.startsWith("/feed?");

export const neverTaken =
  "feed: the module does not take it: a case that changes the feed needs `feed` from its start, and a policy that imports sluice/sdk/feed";
