/** `/admin/routes`: routes of the short form while the gateway runs, for whoever has the token of the configuration. */
import { createHash, timingSafeEqual } from "node:crypto";
import { Hono, type Context, type MiddlewareHandler } from "hono";
import { bodyLimit } from "hono/body-limit";
import type { Log } from "../log.ts";
import {
  putRoute,
  removeRoute,
  storedRoutes,
  type StoredRoute,
} from "../config/short-form/apply.ts";
import { routeId } from "../config/short-form/name.ts";
import { readRoute, type ShortForm } from "../config/short-form/route.ts";
import type { Control } from "../deploy/control.ts";
import { UserError } from "../errors.ts";
import type { Audit } from "../people/audit.ts";
import { audited, noteChange } from "../people/audited.ts";
import type { Authenticated } from "../people/authenticate.ts";
import { bodyOf } from "./request/body.ts";
import { problem } from "./respond.ts";

export interface AdminRoutesOptions {
  control: Control;
  shortForm: ShortForm;
  /** None: nobody comes in. */
  token?: string | undefined;
  immutable: boolean;
  audit: Audit;
  log: Log;
}

const maxRouteBytes = 65_536;

export function adminRoutes(options: AdminRoutesOptions): Hono<Authenticated> {
  const { control, shortForm } = options;
  const app = new Hono<Authenticated>();
  app.use(bearer(options.token), audited(options.audit, options.log));
  app.use(
    bodyLimit({
      maxSize: maxRouteBytes,
      onError: (c) => problem(c, 413, `expected at most ${maxRouteBytes} bytes`),
    }),
  );
  if (options.immutable)
    app.use(async (c, next) =>
      c.req.method === "GET"
        ? next()
        : problem(c, 405, "Gateway is in immutable mode. Mutating operations are not allowed."),
    );

  const find = (id: string): StoredRoute | undefined =>
    storedRoutes(control).find(({ route }) => route.id === id);
  const missing = (c: Context) => problem(c, 404, `route '${c.req.param("id")}' not found`);

  app.get("/", (c) =>
    c.json({
      routes: storedRoutes(control).map(({ route: { id, path, service, enabled } }) => ({
        ...{ id, path, service, enabled },
      })),
    }),
  );

  app.get("/:id", (c) => {
    const found = find(c.req.param("id"));
    return found ? c.json(found.route) : missing(c);
  });

  app.post("/", async (c) => {
    const route = readRoute(await bodyOf(c), shortForm);
    const id = routeId(route);
    if (find(id)) return problem(c, 409, `route '${id}' already exists`);
    noteChange(c, { kind: "Route", handle: id, before: null, after: { ...route, id } });
    await putRoute(control, route, shortForm, "admin");
    return c.json({ id, status: "created" }, 201);
  });

  /** What is left out stays as it is. */
  app.put("/:id", async (c) => {
    const found = find(c.req.param("id"));
    if (!found) return missing(c);
    const sent = await bodyOf(c);
    if (typeof sent !== "object" || sent === null || Array.isArray(sent))
      throw new UserError("expected an object with the fields to change");
    const route = readRoute({ ...found.route, ...sent }, shortForm);
    if (routeId(route) !== found.route.id)
      throw new UserError("The route is not valid", [
        { field: "id", message: `must be '${found.route.id}', as in the URL` },
      ]);
    const { id } = found.route;
    noteChange(c, { kind: "Route", handle: id, before: found.route, after: route });
    await putRoute(control, route, shortForm, found.origin);
    return c.json({ id, status: "updated" });
  });

  app.delete("/:id", async (c) => {
    const found = find(c.req.param("id"));
    if (!found) return missing(c);
    noteChange(c, { kind: "Route", handle: found.route.id, before: found.route, after: null });
    if (!(await removeRoute(control, found.route.id))) return missing(c);
    return c.body(null, 204);
  });
  return app;
}

function bearer(token: string | undefined): MiddlewareHandler<Authenticated> {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return async (c, next) => {
    const refuse = (code: string, message: string, status: 401 | 403) => {
      if (status === 401) c.header("WWW-Authenticate", "Bearer");
      return c.json({ code, message }, status);
    };
    if (!token)
      return refuse("forbidden", "closed: the configuration has no server.admin_token", 403);
    const header = c.req.header("authorization");
    if (!header) return refuse("skip_authz", "no credentials were sent", 401);
    const [, sent = ""] = /^bearer +(\S+)$/i.exec(header) ?? [];
    if (!timingSafeEqual(digest(sent), digest(token)))
      return refuse("authentication_failed", "the token is not valid", 401);
    c.set("user", "admin-token");
    c.set("roles", ["admin"]);
    return next();
  };
}
