/** Subscription plans: how much a subscriber may ask for, and until when. */
import type { Reader } from "../model/reader.ts";
import { timeOrderedId } from "../store/access/id.ts";
import type { ConsumerStore } from "../store/access/consumers.ts";
import type { Plan, PlanStore } from "../store/access/plans.ts";
import type { SubscriptionStore } from "../store/access/subscriptions.ts";
import { readMoment } from "./expiry.ts";
import { plain, readBody } from "./reading.ts";
import { Clash, Missing } from "./refusals.ts";

const units = ["Min", "Hour", "Day", "Month"] as const;

interface PlanStores {
  plans: PlanStore;
  subscriptions: SubscriptionStore;
  consumers: ConsumerStore;
}

export class Plans {
  private readonly store: PlanStore;

  constructor(private readonly stores: PlanStores) {
    this.store = stores.plans;
  }

  async list(): Promise<Plan[]> {
    const plans = await this.store.rows.with({});
    return plans.sort((a, b) => (a.name_key < b.name_key ? -1 : 1));
  }

  async get(id: string): Promise<Plan> {
    const plan = await this.store.rows.byKey(id);
    if (plan) return plan;
    throw new Missing(`subscription plan '${id}' not found`);
  }

  create(sent: unknown): Promise<Plan> {
    return this.write(sent, blankPlan());
  }

  /** What is not sent stays as it is; null takes it away. */
  async update(id: string, sent: unknown): Promise<Plan> {
    return this.write(sent, await this.get(id));
  }

  async remove(id: string): Promise<void> {
    const plan = await this.get(id);
    await this.store.remove(plan, async (db) => {
      for (const table of ["subscriptions", "consumers"] as const) {
        const users = (await this.stores[table].rows.with({ plan_id: id }, db)).length;
        if (users > 0)
          throw new Clash("planId", `plan '${plan.name}' is used by ${users} ${table}`);
      }
    });
  }

  private async write(sent: unknown, former: Plan): Promise<Plan> {
    const plan = readBody(sent, (body) => readPlan(body, former));
    await this.store.write(plan, async (db) => {
      const same = await this.store.named(plan.name, db);
      if (same && same.id !== plan.id)
        throw new Clash("planName", `subscription plan '${plan.name}' already exists`);
      // An update must not bring back what was deleted meanwhile.
      if (former.name !== "" && !(await this.store.rows.byKey(plan.id, db)))
        throw new Missing(`subscription plan '${plan.id}' not found`);
    });
    return plan;
  }
}

/** What a new plan starts from. */
export function blankPlan(): Plan {
  const now = new Date().toISOString();
  return {
    ...{ id: timeOrderedId(), name: "", name_key: "", billing_plan: null, stop_on_quota_reach: 1 },
    ...{ limit_count: null, limit_unit: null, expires_at: null, status: "ACTIVE" },
    ...{ created_at: now, updated_at: now },
  };
}

export function readPlan(body: Reader, former: Plan): Plan {
  const sent = <T>(name: string, read: (reader: Reader) => T | null, before: T | null) => {
    const reader = body.at(name);
    return reader.raw() === undefined ? before : read(reader);
  };
  const nameReader = body.at("planName");
  if (former.name === "") nameReader.required();
  const name = nameReader.text(plain) ?? former.name;
  const count = sent("throttleLimitCount", (r) => r.integer(1, 1e12), former.limit_count);
  const unit = sent<string>("throttleLimitUnit", (r) => r.oneOf(units), former.limit_unit);
  if ((count === null) !== (unit === null) && body.findings.errors.length === 0)
    body
      .at(count === null ? "throttleLimitCount" : "throttleLimitUnit")
      .fail("is required: throttleLimitCount and throttleLimitUnit go together");
  const stop = body.at("stopOnQuotaReach").flag() ?? former.stop_on_quota_reach === 1;
  return {
    ...{ id: former.id, name, name_key: name.toLowerCase() },
    billing_plan: sent("billingPlan", (r) => r.text(plain), former.billing_plan),
    stop_on_quota_reach: stop ? 1 : 0,
    ...{ limit_count: count, limit_unit: unit },
    expires_at: sent("expiryTime", readMoment, former.expires_at),
    status: body.at("status").oneOf(["ACTIVE", "INACTIVE"] as const) ?? former.status,
    ...{ created_at: former.created_at, updated_at: new Date().toISOString() },
  };
}
