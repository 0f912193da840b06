/** Subscriptions: a token, or the application that has it, may use an API under a plan. */
import { sha256Hex } from "../../host-sim/feed/words.ts";
import { UserError } from "../errors.ts";
import type { Reader } from "../model/reader.ts";
import { timeOrderedId } from "../store/access/id.ts";
import type { ConsumerStore } from "../store/access/consumers.ts";
import type { PlanStore } from "../store/access/plans.ts";
import type { Subscription, SubscriptionStore } from "../store/access/subscriptions.ts";
import type { Database } from "../store/access/rows.ts";
import { plain, readBody, readRaw } from "./reading.ts";
import { Clash, Missing } from "./refusals.ts";

const statuses = ["ACTIVE", "INACTIVE", "REVOKED"] as const;

export interface SubscribedApi {
  kind: string;
  handle: string;
  /** Names of the plans that it offers; all when there are none. */
  plans: readonly string[];
}

/** Finds an API by its handle or its UUID. */
export type FindApi = (id: string) => SubscribedApi | null;

/** What a subscription is for life. */
const fixed = {
  apiId: "handle",
  applicationId: "application_id",
  subscriptionPlanId: "plan_id",
  billingCustomerId: "billing_customer_id",
  billingSubscriptionId: "billing_subscription_id",
  consumer: "consumer",
} as const satisfies Record<string, keyof Subscription>;

interface SubscriptionStores {
  subscriptions: SubscriptionStore;
  plans: PlanStore;
  consumers: ConsumerStore;
}

export class Subscriptions {
  private readonly store: SubscriptionStore;

  constructor(
    private readonly stores: SubscriptionStores,
    private readonly findApi: FindApi,
  ) {
    this.store = stores.subscriptions;
  }

  async list(filter: { apiId?: string; applicationId?: string; status?: string }) {
    const { apiId, applicationId, status } = filter;
    const handle = apiId === undefined ? undefined : (this.findApi(apiId)?.handle ?? apiId);
    return this.store.rows.with({
      ...(handle !== undefined && { handle }),
      ...(applicationId !== undefined && { application_id: applicationId }),
      ...(status !== undefined && { status: status as Subscription["status"] }),
    });
  }

  async get(id: string): Promise<Subscription> {
    const subscription = await this.store.rows.byKey(id);
    if (subscription) return subscription;
    throw missing(id);
  }

  async create(sent: unknown): Promise<{ row: Subscription; token: string }> {
    const wish = readBody(sent, readSubscription);
    const api = this.findApi(wish.apiId);
    if (!api) throw fault("apiId", `names no API, found '${wish.apiId}'`);
    const { kind, handle } = api;
    const token_hash = sha256Hex(wish.token);
    const now = new Date().toISOString();
    const { apiId: _, token, ...rest } = wish;
    const row: Subscription = {
      ...{ id: timeOrderedId(), kind, handle, token_hash, ...rest },
      ...{ created_at: now, updated_at: now },
    };
    const isWritten = await this.store.write(row, (db) => this.refuseNew(row, api, db));
    if (!isWritten) throw fault("apiId", "names an API that was just deleted");
    return { row, token };
  }

  /** Only the status can change. */
  async update(id: string, sent: unknown): Promise<Subscription> {
    const former = await this.get(id);
    const status = readBody(sent, (body) => readStatus(body, former));
    const row = { ...former, status: status!, updated_at: new Date().toISOString() };
    const isWritten = await this.store.write(row, async (db) => {
      // It must not come back when it was deleted meanwhile.
      if (!(await this.store.rows.byKey(id, db))) throw missing(id);
    });
    if (!isWritten) throw missing(id);
    return row;
  }

  async remove(id: string): Promise<void> {
    await this.store.remove(await this.get(id));
  }

  private async refuseNew(row: Subscription, api: SubscribedApi, db: Database): Promise<void> {
    const { kind, handle, token_hash, application_id, plan_id, consumer } = row;
    if (plan_id !== null) await this.checkPlan(plan_id, api, db);
    if (consumer !== null && !(await this.stores.consumers.rows.byKey(consumer, db)))
      throw fault("consumer", `names no consumer, found '${consumer}'`);
    if ((await this.store.rows.with({ kind, handle, token_hash }, db)).length > 0)
      throw new Clash("subscriptionToken", "the subscription token is used for this API already");
    if (application_id === null) return;
    if ((await this.store.rows.with({ kind, handle, application_id }, db)).length > 0)
      throw new Clash("applicationId", "Application already subscribed to this API");
  }

  private async checkPlan(id: string, api: SubscribedApi, db: Database): Promise<void> {
    const plan = await this.stores.plans.rows.byKey(id, db);
    const offered = api.plans.map((name) => name.toLowerCase());
    if (!plan) throw fault("subscriptionPlanId", `names no subscription plan, found '${id}'`);
    if (plan.status !== "ACTIVE")
      throw fault("subscriptionPlanId", `must be an ACTIVE plan, found '${plan.name}'`);
    if (offered.length > 0 && !offered.includes(plan.name_key))
      throw fault(
        "subscriptionPlanId",
        `must be one of the API's plans (${api.plans.join(", ")}), found '${plan.name}'`,
      );
  }
}

const missing = (id: string): Missing => new Missing(`subscription '${id}' not found`);

const fault = (field: string, message: string) =>
  new UserError("Configuration validation failed", [{ field, message }]);

/** The status, and nothing else that is not as it was. */
export function readStatus(body: Reader, former: Partial<Subscription>) {
  for (const [field, column] of Object.entries(fixed)) {
    const reader = body.at(field);
    if (!reader.absent && reader.raw() !== former[column])
      reader.fail("cannot change: of a subscription only the status can");
  }
  if (body.has("subscriptionToken")) body.at("subscriptionToken").fail("cannot change");
  return body.at("status").required().oneOf(statuses);
}

export const readSubscription = (body: Reader) => {
  const token = body.at("subscriptionToken").required();
  return {
    apiId: body.at("apiId").required().text(plain) ?? "",
    token: readRaw(token, 1, 1_024) ?? "",
    application_id: body.at("applicationId").text(plain),
    plan_id: body.at("subscriptionPlanId").text(plain),
    consumer: body.at("consumer").text(plain),
    billing_customer_id: body.at("billingCustomerId").text(plain),
    billing_subscription_id: body.at("billingSubscriptionId").text(plain),
    status: body.at("status").oneOf(statuses) ?? ("ACTIVE" as const),
  };
};
