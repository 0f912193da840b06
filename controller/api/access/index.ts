/** Everything of the management API that is about what gateways look up, in one place. */
import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import type { Access } from "../../access/index.ts";
import type { Control } from "../../deploy/control.ts";
import type { Authenticated } from "../../people/authenticate.ts";
import { problem } from "../respond.ts";
import { keyRoutes } from "./api-keys.ts";
import { consumerRoutes } from "./consumers.ts";
import { planRoutes } from "./plans.ts";
import { revocationRoutes } from "./revocations.ts";
import { secretRoutes } from "./secrets.ts";
import { subscriptionRoutes } from "./subscriptions.ts";

const maxBytes = 1_048_576;

export function accessRoutes(access: Access, control: Control): Hono<Authenticated> {
  const app = new Hono<Authenticated>();
  const limit = bodyLimit({
    maxSize: maxBytes,
    onError: (c) => problem(c, 413, `expected at most ${maxBytes} bytes`),
  });
  const mount = (path: string, routes: Hono<Authenticated>) => {
    for (const one of [path, `${path}/*`]) app.use(one, limit);
    app.route(path, routes);
  };
  for (const row of control.kinds)
    mount(
      `/${row.path}/:id/api-keys`,
      keyRoutes({
        ...{ keys: access.keys, kind: row.kind, label: row.label },
        exists: (handle) => control.get(handle, row) !== undefined,
      }),
    );
  mount(
    "/consumers/:id/api-keys",
    keyRoutes({
      ...{ keys: access.keys, kind: "Consumer", label: "Consumer" },
      exists: (handle) => access.consumers.exists(handle),
    }),
  );
  mount("/consumers", consumerRoutes(access.consumers));
  mount("/revoked-tokens", revocationRoutes(access.revocations));
  mount("/secrets", secretRoutes(access.secrets));
  mount("/subscription-plans", planRoutes(access.plans, access.gatewayId));
  mount("/subscriptions", subscriptionRoutes(access.subscriptions, access.gatewayId));
  return app;
}
