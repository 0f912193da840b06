/**
 * `/health/live`, `/health/ready` and `/health/detail`. Ready means that traffic is served: without its database a gateway
 * serves on, so a lost database shows in the detail and takes no gateway out of the balancer.
 */
import { Hono, type MiddlewareHandler } from "hono";
import { sql } from "kysely";
import type { Store } from "../store/store.ts";

export interface EnvoyView {
  /** The text of a path of Envoy's admin; null when this controller has no Envoy of its own, or it is down. */
  admin(path: string): Promise<string | null>;
  /** Whether there should be one. */
  expected: boolean;
}

export interface HealthOptions {
  store: Store;
  envoy: EnvoyView;
  /** Who may see the detail. */
  guards: MiddlewareHandler[];
}

interface Check {
  status: "healthy" | "degraded" | "unhealthy" | "not_configured";
  message?: string;
  [more: string]: unknown;
}

const timeoutMs = 2_000;

export function healthRoutes({ store, envoy, guards }: HealthOptions): Hono {
  const app = new Hono();
  app.get("/live", (c) => c.json({ status: "alive" }));

  app.get("/ready", async (c) => {
    const problem = await notReady(envoy);
    return problem
      ? c.json({ status: "not_ready", message: problem }, 503)
      : c.json({ status: "ready" });
  });

  for (const guard of guards) app.use("/detail", guard);
  app.get("/detail", async (c) => {
    const checks = {
      database: await database(store),
      cache: { status: "not_configured" } satisfies Check as Check,
      upstream_services: await upstreams(envoy),
    };
    const states = Object.values(checks).map(({ status }) => status);
    const traffic = await notReady(envoy);
    const status = traffic
      ? "unhealthy"
      : states.some((state) => state === "unhealthy" || state === "degraded")
        ? "degraded"
        : "healthy";
    return c.json({ status, ...(traffic && { message: traffic }), checks }, traffic ? 503 : 200);
  });
  return app;
}

async function notReady({ admin, expected }: EnvoyView): Promise<string | null> {
  if (!expected) return null;
  const state = (await within(admin("/ready")).catch(() => null))?.trim();
  if (state !== "LIVE") return `Envoy is ${state?.toLowerCase() || "not running"}`;
  const listeners = await within(admin("/listeners")).catch(() => null);
  return listeners ? null : "Envoy listens nowhere yet";
}

async function database(store: Store): Promise<Check> {
  const start = performance.now();
  try {
    await within(sql`select 1`.execute(store.db));
    return { status: "healthy", latency_ms: Math.round((performance.now() - start) * 10) / 10 };
  } catch {
    return { status: "unhealthy", message: "the database does not answer; what is served goes on" };
  }
}

interface Clusters {
  cluster_statuses?: {
    name: string;
    host_statuses?: { health_status?: Record<string, unknown> }[];
  }[];
}

/** By cluster: how many of its hosts may be used. */
async function upstreams({ admin, expected }: EnvoyView): Promise<Check> {
  if (!expected) return { status: "not_configured", message: "no Envoy of its own" };
  const text = await within(admin("/clusters?format=json")).catch(() => null);
  if (text === null) return { status: "unhealthy", message: "Envoy does not answer" };
  const { cluster_statuses: clusters = [] } = JSON.parse(text) as Clusters;
  const services = clusters
    .filter(({ name }) => !name.startsWith("sluice.") && name !== "xds")
    .map(({ name, host_statuses: hosts = [] }) => ({
      name,
      hosts: hosts.length,
      healthy: hosts.filter(({ health_status: health = {} }) => isHealthy(health)).length,
    }));
  const down = services.filter(({ healthy }) => healthy === 0).map(({ name }) => name);
  return {
    status: down.length > 0 ? "degraded" : "healthy",
    ...(down.length > 0 && { message: `no healthy host: ${down.join(", ")}` }),
    services,
  };
}

const isHealthy = (health: Record<string, unknown>): boolean =>
  !Object.entries(health).some(([name, value]) => name.startsWith("failed_") && value === true) &&
  health["eds_health_status"] !== "UNHEALTHY";

const within = <T>(work: Promise<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error("no answer in time")), timeoutMs);
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
