import { LogLevel, Place, Policy, Reply, Request, Verdict } from "sluice/sdk";
import {
  Plan,
  Subscription,
  findPlan,
  findSubscription,
  findSubscriptionOf,
  whenFed,
} from "sluice/sdk/feed";
import { joined } from "sluice/sdk/auth/outcome";
import { SubscriptionField } from "sluice/sdk/auth/told";
import { Demand } from "sluice/sdk/limits/counters/counters";
import { LocalCounters } from "sluice/sdk/limits/counters/local";
import { hashHigh, hashLow } from "sluice/sdk/shared/hash";
import { hashRecord } from "sluice/sdk/shared/table";
import { Params } from "./params";
import { PlanWindow, windowOf } from "./plan-window";

/** Lets a request through that belongs to an active subscription, and counts it against its plan. */
export class SubscriptionValidation extends Policy<Params> {
  private scope: string = "";

  configure(): string | null {
    this.scope = Place.find().scope;
    return null;
  }

  onRequestHeaders(request: Request): Verdict {
    if (!this.params.enabled) return Verdict.Continue;
    const waits = whenFed(request);
    if (waits != Verdict.Continue) return waits;
    const subscription = this.subscriptionOf(request);
    if (subscription === null) return this.forbid(request, "");
    if (subscription.status != "ACTIVE") {
      return this.forbid(request, ": the subscription is " + subscription.status.toLowerCase());
    }
    this.tell(request, subscription);
    if (!subscription.planId.length) return Verdict.Continue;
    const plan = findPlan(subscription.planId);
    if (plan === null) return this.forbid(request, ": the subscription's plan is gone");
    if (plan.status != "ACTIVE" || (plan.expiresAt && plan.expiresAt <= request.now)) {
      return this.forbid(request, ": the subscription's plan is not active");
    }
    request.context.metadata.set("x-wso2-subscription-plan-name", "".concat(plan.name));
    record(request, subscription, plan.name);
    return this.count(request, subscription, plan);
  }

  /** By the token of the header, else of the cookie, else by the application of a key. */
  private subscriptionOf(request: Request): Subscription | null {
    const header = request.headers.all(this.params.subscriptionKeyHeader);
    if (header.length > 1) return null;
    if (header.length == 1 && header[0].length) return findSubscription(this.scope, header[0]);
    const name = this.params.subscriptionKeyCookie;
    const cookie = name.length ? request.cookie(name) : null;
    if (cookie !== null && cookie.length) return findSubscription(this.scope, cookie);
    const metadata = request.context.metadata;
    if (!metadata.has("x-wso2-application-id")) return null;
    return findSubscriptionOf(this.scope, metadata.get("x-wso2-application-id"));
  }

  private count(request: Request, subscription: Subscription, plan: Plan): Verdict {
    const windowUs = windowOf(plan.unit);
    if (!plan.limit || !windowUs) return Verdict.Continue;
    const meter = new PlanWindow(plan.limit, windowUs);
    const demand = new Demand(meter, 0);
    hashRecord("subscription", this.scope + "\0" + subscription.id);
    demand.low = hashLow;
    demand.high = hashHigh;
    demand.need = 1;
    demand.cost = 1;
    const now = request.now * 1000;
    if (new LocalCounters().take(demand, now)) return Verdict.Continue;
    const words = plan.limit.toString() + " requests per " + plan.unit;
    if (!plan.stopOnQuotaReach) {
      request.log(LogLevel.Warn, "a subscription is over its quota of " + words);
      return Verdict.Continue;
    }
    const wait = (demand.freeAt - now + 999999) / 1000000;
    return request.respond(
      new Reply(429)
        .json(
          '{"error":"rate_limit_exceeded","message":"Subscription quota exceeded: ' + words + '"}',
        )
        .header("x-ratelimit-limit", plan.limit.toString())
        .header("x-ratelimit-remaining", "0")
        .header("x-ratelimit-reset", (demand.resetAt / 1000000).toString())
        .header("retry-after", max<i64>(wait, 1).toString()),
    );
  }

  private tell(request: Request, subscription: Subscription): void {
    const metadata = request.context.metadata;
    metadata.set("x-wso2-subscription-status", subscription.status);
    metadata.set("x-wso2-billing-customer-id", subscription.billingCustomerId);
    metadata.set("x-wso2-billing-subscription-id", subscription.billingSubscriptionId);
    record(request, subscription, "");
    const identity = request.context.identity;
    if (identity === null) return;
    if (!identity.consumer.length) identity.consumer = subscription.consumer;
    if (!identity.plan.length) identity.plan = subscription.planId;
  }

  private forbid(request: Request, detail: string): Verdict {
    return request.respond(
      new Reply(403).json(
        '{"error":"forbidden","message":"Subscription required for this API' + detail + '"}',
      ),
    );
  }
}

/** For the gateway's traffic log. */
function record(request: Request, subscription: Subscription, plan: string): void {
  if (!request.isRecorded) return;
  const fields = new Array<string>(3);
  fields[SubscriptionField.Consumer] = subscription.consumer;
  fields[SubscriptionField.Plan] = plan;
  fields[SubscriptionField.ApplicationId] = subscription.applicationId;
  request.setAttribute("sluice_subscription", joined(fields));
}
