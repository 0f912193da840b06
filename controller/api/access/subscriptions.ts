/** `/subscriptions`. The token is shown only when the subscription is made. */
import { Hono } from "hono";
import type { Subscriptions } from "../../access/subscriptions.ts";
import type { Subscription } from "../../store/access/subscriptions.ts";
import { audible } from "../../people/audited.ts";
import type { Authenticated } from "../../people/authenticate.ts";
import { secretBodyOf } from "../request/body.ts";

const filters = ["apiId", "applicationId", "status"] as const;

export function subscriptionRoutes(
  subscriptions: Subscriptions,
  gatewayId: string,
): Hono<Authenticated> {
  const app = new Hono<Authenticated>();
  const represent = (row: Subscription) => ({
    ...{ id: row.id, gatewayId, apiId: row.handle, applicationId: row.application_id },
    ...{ subscriptionPlanId: row.plan_id, consumer: row.consumer },
    billingCustomerId: row.billing_customer_id,
    billingSubscriptionId: row.billing_subscription_id,
    ...{ status: row.status, createdAt: row.created_at, updatedAt: row.updated_at },
  });

  app.use(
    audible<Subscription>({ kind: "Subscription", handleOf: ({ id }) => id, show: represent }),
  );

  app.post("/", async (c) => {
    const { row, token } = await subscriptions.create(await secretBodyOf(c));
    c.header("Cache-Control", "no-store");
    return c.json({ ...represent(row), subscriptionToken: token }, 201);
  });
  app.get("/", async (c) => {
    const wanted = filters.flatMap((name) => {
      const value = c.req.query(name);
      return value === undefined ? [] : [[name, value]];
    });
    const found = await subscriptions.list(Object.fromEntries(wanted));
    return c.json({ subscriptions: found.map(represent), count: found.length });
  });
  app.get("/:id", async (c) => c.json(represent(await subscriptions.get(c.req.param("id")))));
  app.put("/:id", async (c) => {
    const before = await subscriptions.get(c.req.param("id"));
    const row = await subscriptions.update(before.id, await secretBodyOf(c));
    return c.json(represent(row));
  });
  app.delete("/:id", async (c) => {
    const before = await subscriptions.get(c.req.param("id"));
    await subscriptions.remove(before.id);
    return c.body(null, 204);
  });
  return app;
}
