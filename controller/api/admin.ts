/**
 * The ports around the management API: the controller's admin (9092, published as 9094), the engine's admin (9002), and
 * metrics of both (9091, 9003), in the shapes their users know.
 */
import { Hono, type MiddlewareHandler } from "hono";
import { describeAdmin } from "../describe/admin.ts";
import { descriptionRoutes } from "../describe/serve.ts";
import { measured } from "../observe/measured.ts";
import type { Meters } from "../observe/meters.ts";
import { onlyFrom } from "../people/door/only-from.ts";
import { authenticate, type People } from "../people/authenticate.ts";
import { sameOrigin } from "../people/door/same-origin.ts";
import { requireRole, type Authenticated } from "./auth.ts";
import { failure, problem } from "./respond.ts";

export interface AdminOptions {
  people: People;
  component: "gateway-controller" | "policy-engine";
  meters: Meters;
  /** Whether `/config_dump` answers at all. */
  configDump: boolean;
  /** Addresses that may ask for more than health; `*` is every one. */
  allowedIps: readonly string[];
  /** Only the controller's admin asks who is there; the engine's listens for its own machine. */
  authenticated: boolean;
  syncVersion(): string;
  dump(): Promise<object>;
  /** `/admin/routes`, which has a token of its own. */
  routes: Hono<Authenticated> | null;
  /** `/health/…`; the guards keep its detail. */
  health(guards: MiddlewareHandler[]): Hono;
}

const adminBase = "/api/admin/v1";

export function adminApi(options: AdminOptions): Hono<Authenticated> {
  const app = new Hono<Authenticated>();
  app.onError((error, c) => failure(c, error));
  app.notFound((c) => problem(c, 404, `there is no ${c.req.path}`));
  app.use(measured(options.meters, options.authenticated ? "admin" : "engine"));
  if (options.routes) {
    app.use("/admin/*", onlyFrom(options.allowedIps));
    app.route("/admin/routes", options.routes);
  }
  const pages = descriptionRoutes(() =>
    describeAdmin({ configDump: options.configDump, routes: options.routes !== null }),
  );
  const api = new Hono<Authenticated>();
  const timestamp = () => new Date().toISOString();
  api.get("/health", (c) => c.json({ status: "healthy", timestamp: timestamp() }));
  const guards: MiddlewareHandler[] = [onlyFrom(options.allowedIps)];
  if (options.authenticated)
    guards.push(
      sameOrigin(options.people.open),
      authenticate(options.people),
      requireRole("admin"),
    );
  api.route("/health", options.health(guards));
  for (const path of ["/openapi.*", "/docs*"]) api.use(path, onlyFrom(options.allowedIps));
  api.route("/", pages);
  api.use(...guards);
  api.get("/xds_sync_status", (c) =>
    c.json({
      component: options.component,
      timestamp: timestamp(),
      policy_chain_version: options.syncVersion(),
    }),
  );
  if (options.configDump)
    api.get("/config_dump", async (c) =>
      c.json({ status: "success", timestamp: timestamp(), ...(await options.dump()) }),
    );
  app.route(adminBase, api);
  app.route("/", api);
  return app;
}
