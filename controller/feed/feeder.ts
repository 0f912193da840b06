/**
 * Keeps the feed's table as the store is: everything at the start, then row by row as rows change, whoever changed them.
 */
import { reason } from "../errors.ts";
import { OneByOne } from "../one-by-one.ts";
import { readChange, type FedTable } from "../store/access/feed-changes.ts";
import type { Rows } from "../store/access/rows.ts";
import type { Store } from "../store/store.ts";
import type { Change } from "../store/turns.ts";
import type { Vault } from "../secrets/vault.ts";
import { FEED_BUCKETS } from "../../host-sim/feed/words.ts";
import type { Buckets } from "./buckets.ts";
import { Gathered, type FeedRecord } from "./gathered.ts";
import { FeedTable } from "./table.ts";
import { hmacPlace } from "../access/credentials.ts";
import {
  apiKeyRecords,
  gatherKey,
  consumerRecords,
  planRecords,
  revocationRecords,
  subscriptionRecords,
} from "./records.ts";

interface Source {
  /** All of its records. */
  gather(into: Gathered): Promise<void>;
  /** The records of one row as it is now; none when it is gone. */
  row(key: string): Promise<FeedRecord[]>;
  /** Ids that it may have had, beside those that the change names. */
  idsOf?(key: string): Buffer[];
}

export class Feeder {
  readonly table = new FeedTable();
  private readonly sources: Record<FedTable, Source>;
  private readonly turns = new OneByOne();

  constructor(
    store: Store,
    vault: Vault,
    private readonly log: (line: string) => void,
  ) {
    this.sources = {
      ApiKey: {
        ...source(store.keys.rows, apiKeyRecords),
        gather: (into) => store.keys.eachFed((key) => gatherKey(into, key)),
      },
      Plan: source(store.plans.rows, planRecords),
      Secret: {
        row: (handle) => vault.row(handle),
        idsOf: (handle) => vault.idsOf(handle),
        gather: async (into) => {
          for (const record of vault.all()) into.add(record);
        },
      },
      Revocation: source(store.revocations.rows, revocationRecords),
      Consumer: source(store.consumers.rows, (row) =>
        consumerRecords(row, ({ keyId, sealed, keyVersion }) =>
          vault.open(sealed, keyVersion, hmacPlace(row.handle, keyId)),
        ),
      ),
      Subscription: source(store.subscriptions.rows, subscriptionRecords),
    };
  }

  /** Fills the table; it answers nobody before. */
  load(): Promise<void> {
    return this.inTurn(async () => {
      this.table.fill(await this.all());
      this.table.markWhole();
    });
  }

  /** Makes the table as the store is, for when single changes were missed. */
  reload(): Promise<void> {
    return this.inTurn(async () => {
      const fresh = await this.all();
      for (let bucket = 0; bucket < FEED_BUCKETS; bucket++)
        this.table.replaceBucket(bucket, fresh.in(bucket));
    });
  }

  /** Takes over a change, unless it is none of the feed's. */
  async take(change: Change): Promise<void> {
    const fed = readChange(change);
    if (fed === null) return;
    if (fed === "everything") return this.reload();
    await this.inTurn(async () => {
      const source = this.sources[fed.table];
      const records = await source.row(fed.row);
      for (const { id, value } of records) this.table.put(id, value);
      for (const id of [...fed.ids, ...(source.idsOf?.(fed.row) ?? [])])
        if (!records.some((record) => record.id.equals(id))) this.table.delete(id);
    });
  }

  /** At once, for what nobody else wrote. */
  put(records: readonly FeedRecord[]): void {
    for (const { id, value } of records) this.table.put(id, value);
  }

  /** At once, what nobody else has written. */
  drop(ids: readonly Buffer[]): void {
    for (const id of ids) this.table.delete(id);
  }

  private async all(): Promise<Buckets> {
    const gathered = new Gathered();
    for (const source of Object.values(this.sources)) await source.gather(gathered);
    return gathered.inBuckets();
  }

  /** One after the other: a row read before another change must not be put after it. */
  private inTurn(work: () => Promise<void>): Promise<void> {
    const turn = this.turns.run(work);
    turn.catch((error: unknown) => this.log(`the feed lacks a change: ${reason(error)}`));
    return turn;
  }
}

const source = <Row extends object>(
  rows: Rows<Row>,
  records: (row: Row) => FeedRecord[],
): Source => ({
  gather: async (into) => {
    for await (const page of rows.all())
      for (const row of page) for (const record of records(row)) into.add(record);
  },
  row: async (key) => {
    const row = await rows.byKey(key);
    return row === undefined ? [] : records(row);
  },
});
