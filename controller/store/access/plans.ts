/** Subscription plans in the store. */
import type { Kysely, Selectable } from "kysely";
import { feedId } from "../../../host-sim/feed/words.ts";
import { changeOf } from "./feed-changes.ts";
import { Rows, type Database } from "./rows.ts";
import type { PlanRow, Tables } from "../schema.ts";
import type { Turns } from "../turns.ts";

export type Plan = Selectable<PlanRow>;

export class PlanStore {
  readonly rows: Rows<Plan>;

  constructor(
    db: Kysely<Tables>,
    private readonly turns: Turns,
  ) {
    this.rows = new Rows<Plan>(db, "plans", "id");
  }

  /** Names are the same whatever their case. */
  async named(name: string, db?: Database): Promise<Plan | undefined> {
    return (await this.rows.with({ name_key: name.toLowerCase() }, db))[0];
  }

  /** Writes it unless `refuse` throws, which sees what no other write changes meanwhile. */
  write(plan: Plan, refuse: (db: Database) => Promise<void>): Promise<void> {
    return this.turns.take(async ({ trx, changed, wrote }) => {
      await refuse(trx);
      const former = await this.rows.put(trx, plan);
      changed(...changeOf("Plan", plan.id, [feedId("plan", plan.id)]));
      wrote(former, plan);
    });
  }

  remove({ id }: Plan, refuse: (db: Database) => Promise<void>): Promise<void> {
    return this.turns.take(async ({ trx, changed, wrote }) => {
      await refuse(trx);
      const former = await this.rows.delete(trx, id);
      changed(...changeOf("Plan", id, [feedId("plan", id)]));
      wrote(former, null);
    });
  }
}
