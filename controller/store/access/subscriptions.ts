/** Subscriptions in the store: of a token, and of the application that has it. */
import type { Kysely, Selectable } from "kysely";
import { feedId, feedScope } from "../../../host-sim/feed/words.ts";
import { changeOf } from "./feed-changes.ts";
import { ownerExists } from "./owner.ts";
import { Rows, type Database } from "./rows.ts";
import type { SubscriptionRow, Tables } from "../schema.ts";
import type { Turn, Turns } from "../turns.ts";

export type Subscription = Selectable<SubscriptionRow>;

export class SubscriptionStore {
  readonly rows: Rows<Subscription>;

  constructor(
    db: Kysely<Tables>,
    private readonly turns: Turns,
  ) {
    this.rows = new Rows<Subscription>(db, "subscriptions", "id");
  }

  /** False when its API is gone. Writes it unless `refuse` throws, which sees what no other write changes meanwhile. */
  write(subscription: Subscription, refuse: (db: Database) => Promise<void>): Promise<boolean> {
    return this.turns.take(async ({ trx, changed, wrote }) => {
      await refuse(trx);
      if (!(await ownerExists(trx, subscription))) return false;
      const former = await this.rows.put(trx, subscription);
      changed(...change(subscription));
      wrote(former, subscription);
      return true;
    });
  }

  remove(subscription: Subscription): Promise<void> {
    return this.turns.take(async (turn) => {
      await this.removeIn(turn, subscription);
      turn.wrote(subscription, null);
    });
  }

  /** As part of the removal of their API. */
  async removeAllOf(turn: Turn, kind: string, handle: string): Promise<void> {
    for (const subscription of await this.rows.with({ kind, handle }, turn.trx))
      await this.removeIn(turn, subscription);
  }

  private async removeIn({ trx, changed }: Turn, subscription: Subscription): Promise<void> {
    await this.rows.delete(trx, subscription.id);
    changed(...change(subscription));
  }
}

/** Where gateways find it. */
export const subscriptionIds = (subscription: Subscription): Buffer[] => {
  const { token_hash, application_id } = subscription;
  const scope = feedScope(subscription);
  return [
    feedId("subscription", scope, token_hash),
    ...(application_id === null ? [] : [feedId("subscription", scope, `app:${application_id}`)]),
  ];
};

const change = (subscription: Subscription) =>
  changeOf("Subscription", subscription.id, subscriptionIds(subscription));
