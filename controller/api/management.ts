/** The management API: `/api/management/v1`, and the same under the deprecated paths without a prefix. */
import { randomUUID } from "node:crypto";
import { Hono, type MiddlewareHandler } from "hono";
import { bodyLimit } from "hono/body-limit";
import type { Log } from "../log.ts";
import { measured } from "../observe/measured.ts";
import type { Meters } from "../observe/meters.ts";
import type { Access } from "../access/index.ts";
import { majorOf } from "../deploy/policies/catalog.ts";
import type { Control } from "../deploy/control.ts";
import type { Canary } from "../canary/canary.ts";
import type { Modules } from "../deploy/modules/modules.ts";
import type { Certificates } from "../trust/certificates.ts";
import type { Audit } from "../people/audit.ts";
import { audited } from "../people/audited.ts";
import {
  authenticate,
  authorize,
  type Authenticated,
  type People,
} from "../people/authenticate.ts";
import { allowedRoles } from "../people/roles.ts";
import { sameOrigin } from "../people/door/same-origin.ts";
import { auditRoutes } from "./people/audit.ts";
import { userRoutes } from "./people/users.ts";
import { describeManagement, managementPaths } from "../describe/management.ts";
import { descriptionRoutes } from "../describe/serve.ts";
import { onlyFrom } from "../people/door/only-from.ts";
import { failure, problem } from "./respond.ts";
import { accessRoutes } from "./access/index.ts";
import { certificateRoutes } from "./certificates.ts";
import { moduleRoutes } from "./modules.ts";
import { described } from "./request/described.ts";
import { flag } from "./request/query.ts";
import { resourceRoutes } from "./resources.ts";

export const managementBase = "/api/management/v1";

export interface ManagementOptions {
  control: Control;
  modules: Modules;
  canary: Canary;
  access: Access;
  certificates: Certificates;
  people: People;
  audit: Audit;
  immutable: boolean;
  meters: Meters;
  allowedIps: readonly string[];
  /** Variables that documents of users who are no admins may name. */
  environment: readonly string[];
  /** Settles when something changed at an Envoy; for `?wait=`. */
  changed: (timeoutMs: number) => Promise<void>;
  log?: Log;
}

const maxDocumentBytes = 8 * 1_048_576;
const maxCertificateBytes = 2 * 1_048_576;
const maxUserBytes = 16_384;
const maxModuleBytes = 64 * 1_048_576;

export function managementApi(options: ManagementOptions): Hono<Authenticated> {
  const app = new Hono<Authenticated>();
  app.onError((error, c) => failure(c, error, options.log));
  app.notFound((c) => problem(c, 404, `there is no ${c.req.path}`));
  app.use(measured(options.meters, "management"));
  app.use(async (c, next) => {
    c.header("X-Correlation-ID", correlationId(c.req.header("x-correlation-id")));
    await next();
  });
  const api = new Hono<Authenticated>();
  if (options.log) api.use(told(options.log));
  api.use(onlyFrom(options.allowedIps));
  api.route(
    "/",
    descriptionRoutes(() => describeManagement(managementBase, options.control.kinds)),
  );
  api.use(sameOrigin(options.people.open), authenticate(options.people));
  api.use(audited(options.audit, options.people.log));
  api.use(authorize((c) => allowedRoles(c.req.method, belowBase(c.req.path))));
  if (options.immutable) api.use(onlyReads);
  api.use(described(managementPaths(options.control.kinds), (c) => belowBase(c.req.path)));
  const tooLarge = (maxSize: number) =>
    bodyLimit({ maxSize, onError: (c) => problem(c, 413, `expected at most ${maxSize} bytes`) });
  api.use("/modules", tooLarge(maxModuleBytes));
  for (const path of ["/users", "/users/*"]) api.use(path, tooLarge(maxUserBytes));
  for (const path of ["/certificates", "/certificates/*"])
    api.use(path, tooLarge(maxCertificateBytes));
  // Before the kinds' own routes, whose paths include those of their keys.
  api.route("/", accessRoutes(options.access, options.control));
  for (const kind of options.control.kinds) {
    for (const path of [`/${kind.path}`, `/${kind.path}/*`])
      api.use(path, tooLarge(maxDocumentBytes));
    api.route(`/${kind.path}`, resourceRoutes(kind, options));
  }
  api.get("/policies", (c) => {
    const used = flag(c, "used") ? options.control.used() : null;
    const policies = options.modules.catalog
      .list()
      .filter(({ name, version }) => !used || used.has(`${name} ${majorOf(version)}`));
    const gatewayPolicies = options.control.ownPolicies.map(
      ({ name, version, mandatory, field }) => ({ name, version, mandatory, field }),
    );
    return c.json({ status: "success", count: policies.length, policies, gatewayPolicies });
  });
  api.route("/modules", moduleRoutes(options));
  api.route("/certificates", certificateRoutes(options.certificates));
  api.route("/users", userRoutes(options.people.users));
  api.route("/audit", auditRoutes(options.audit));

  app.route(managementBase, api);
  app.use(deprecated);
  app.route("/", api);
  return app;
}

/** The caller's, unless it is none: it goes into the audit log as it is. */
const correlationId = (sent: string | undefined): string =>
  sent !== undefined && /^[\x21-\x7e]{1,128}$/.test(sent) ? sent : randomUUID();

const belowBase = (path: string): string =>
  path.startsWith(`${managementBase}/`) ? path.slice(managementBase.length) : path;

/** A line for each request, for who looks for a mistake. */
const told =
  (log: Log): MiddlewareHandler<Authenticated> =>
  async (c, next) => {
    const began = performance.now();
    await next();
    const took = Math.round(performance.now() - began);
    const who = c.get("user") ?? "nobody";
    log(`${c.req.method} ${c.req.path}: ${c.res.status} to ${who} after ${took} ms`, "debug");
  };

const onlyReads: MiddlewareHandler = async (c, next) => {
  if (["GET", "HEAD"].includes(c.req.method)) return next();
  c.header("Allow", "GET, HEAD");
  return problem(c, 405, "Gateway is in immutable mode. Mutating operations are not allowed.");
};

/** Tells callers of an unprefixed path where it is now. */
const deprecated: MiddlewareHandler = async (c, next) => {
  await next();
  // As it was sent: decoded it may hold what no header can.
  const { pathname } = new URL(c.req.url);
  if (pathname.startsWith(`${managementBase}/`)) return;
  c.header("Deprecation", "true");
  c.header("Link", `<${managementBase}${pathname}>; rel="successor-version"`);
  c.header("Warning", `299 - "Deprecated API: migrate to ${managementBase} prefix"`);
};
