/** Ports for Prometheus, and what stands on that of an Envoy and its policies. */
import { Hono } from "hono";
import type { Recorder } from "../analytics/recorder.ts";
import { prometheus } from "../metrics.ts";
import { onlyFrom } from "../people/door/only-from.ts";
import { engineStats } from "./engine-stats.ts";
import { envoyProcess } from "./envoy-process.ts";
import { requestStats } from "./request-stats.ts";

/** `/metrics` in Prometheus' text format. */
export function metricsApi(read: () => Promise<string>, allowedIps: readonly string[]): Hono {
  const app = new Hono();
  app.get("/metrics", onlyFrom(allowedIps), async (c) =>
    c.text(await read(), 200, { "content-type": "text/plain; version=0.0.4" }),
  );
  app.get("/health", (c) => c.json({ status: "healthy", timestamp: new Date().toISOString() }));
  return app;
}

/** The Envoy whose metrics they are. */
export interface MeasuredEnvoy {
  /** Asks its admin; null when it does not answer. */
  admin(path: string): Promise<string | null>;
  /** Null when it does not run, or not here. */
  pid(): number | null;
}

export const engineMetrics =
  ({ admin, pid }: MeasuredEnvoy, recorder: Pick<Recorder, "metrics">) =>
  async (): Promise<string> => {
    const envoy = requestStats((await admin("/stats/prometheus")) ?? "");
    const others = prometheus([...recorder.metrics(), ...(await envoyProcess(pid()))]);
    return envoy + engineStats(envoy) + others;
  };
