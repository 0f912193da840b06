/** Counts and times the requests of one of the controller's own HTTP ports, by the route that answered. */
import type { Context, MiddlewareHandler } from "hono";
import { matchedRoutes } from "hono/route";
import type { Meters } from "./meters.ts";

export type PortName = "management" | "admin" | "engine";

const operations: Record<string, string> = {
  POST: "create",
  PUT: "update",
  PATCH: "update",
  DELETE: "delete",
  GET: "read",
};

export const measured =
  (meters: Meters, port: PortName): MiddlewareHandler =>
  async (c, next) => {
    const start = performance.now();
    meters.count("concurrent_requests");
    try {
      await next();
    } finally {
      meters.count("concurrent_requests", {}, -1);
      tell(meters, port, c, performance.now() - start);
    }
  };

function tell(meters: Meters, port: PortName, c: Context, ms: number): void {
  // What is there for all methods looks at requests and answers none.
  const path = matchedRoutes(c).findLast(({ method }) => method !== "ALL")?.path ?? "";
  const operation = operations[c.req.method];
  const method = operation ? c.req.method : "OTHER";
  const status = String(c.res.status);
  meters.count("http_requests_total", { port, method, path, status });
  meters.time("http_request_duration_seconds", ms, { port });
  const [, resource] = /^(?:\/api\/management\/v1)?\/([a-z-]+)/.exec(path) ?? [];
  if (port !== "management" || !operation || !resource) return;
  const outcome = c.res.status < 400 ? "success" : "error";
  if (c.res.status === 400) meters.count("validation_errors_total", { resource });
  meters.count("api_operations_total", { resource, operation, outcome });
  meters.time("api_operation_duration_seconds", ms, { resource, operation });
}
