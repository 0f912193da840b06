/**
 * The agent beside an Envoy, as far as a case needs it: it answers `GET /feed` from the case's records, in the simulator
 * and behind a real Envoy, and hands anything else to the service that the case names for it.
 */
import { FEED_BUCKETS, type FeedTableName } from "../feed/words.ts";
import { FeedRecords } from "../feed/records.ts";
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
  readonly #records = new FeedRecords(BigInt(++agents), 1);
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
    return this.#taken === this.#records.revision;
  }

  put(entries: readonly FeedEntry[]): void {
    for (const { table, id, fields, value } of entries)
      this.#records.set(table, id, value ?? fields);
    if (entries.length === 0) return;
    for (const { answer, revision } of this.#held.splice(0))
      answer({ body: this.#records.delta(revision) });
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
    const records = this.#records;
    const known = BigInt(number("epoch")) === records.epoch;
    if (!known || number("cursor") < FEED_BUCKETS) return { body: records.snapshot() };
    const revision = number("revision");
    this.#taken = Math.max(this.#taken, revision);
    const delta = { body: records.delta(revision) };
    if (revision < records.revision) return delta;
    return {
      ...delta,
      delayMs: number("wait"),
      unless: (answer) => this.#held.push({ revision, answer }),
    };
  }
}

/** The engine's own questions are none of a request's callouts. */
export const isFeedRequest = ({ path }: Pick<UpstreamRequest, "path">): boolean =>
  path.startsWith("/feed?");

export const neverTaken =
  "feed: the module does not take it: a case that changes the feed needs `feed` from its start, and a policy that imports sluice/sdk/feed";
