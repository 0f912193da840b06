/** `/subscription-plans`. */
import { Hono } from "hono";
import type { Plans } from "../../access/plans.ts";
import type { Plan } from "../../store/access/plans.ts";
import { audible } from "../../people/audited.ts";
import type { Authenticated } from "../../people/authenticate.ts";
import { secretBodyOf } from "../request/body.ts";

export function planRoutes(plans: Plans, gatewayId: string): Hono<Authenticated> {
  const app = new Hono<Authenticated>();
  const represent = (plan: Plan) => ({
    ...{ id: plan.id, gatewayId, planName: plan.name, billingPlan: plan.billing_plan },
    stopOnQuotaReach: plan.stop_on_quota_reach === 1,
    throttleLimitCount: plan.limit_count,
    throttleLimitUnit: plan.limit_unit,
    expiryTime: plan.expires_at,
    ...{ status: plan.status, createdAt: plan.created_at, updatedAt: plan.updated_at },
  });

  app.use(audible<Plan>({ kind: "SubscriptionPlan", handleOf: ({ id }) => id, show: represent }));

  app.post("/", async (c) => {
    const plan = await plans.create(await secretBodyOf(c));
    return c.json(represent(plan), 201);
  });
  app.get("/", async (c) => {
    const list = (await plans.list()).map(represent);
    return c.json({ subscriptionPlans: list, count: list.length });
  });
  app.get("/:id", async (c) => c.json(represent(await plans.get(c.req.param("id")))));
  app.put("/:id", async (c) => {
    const before = await plans.get(c.req.param("id"));
    const plan = await plans.update(before.id, await secretBodyOf(c));
    return c.json(represent(plan));
  });
  app.delete("/:id", async (c) => {
    const before = await plans.get(c.req.param("id"));
    await plans.remove(before.id);
    return c.body(null, 204);
  });
  return app;
}
