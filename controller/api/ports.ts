/** Every HTTP port of a controller: the management API, and the admin and metrics ports around it. */
import type { Recorder } from "../analytics/recorder.ts";
import type { ControlPlane } from "../control-plane.ts";
import { defaultPorts, type AllowedIps, type GatewayOptions, type Ports } from "../options.ts";
import { controllerMetrics } from "../observe/controller-metrics.ts";
import { healthRoutes, type EnvoyView } from "../observe/health.ts";
import { engineMetrics, metricsApi, type MeasuredEnvoy } from "../observe/metrics-port.ts";
import { openPeople } from "../people/open.ts";
import { redact } from "../people/redact.ts";
import { adminApi, type AdminOptions } from "./admin.ts";
import { adminRoutes } from "./admin-routes.ts";
import { listen } from "./listen.ts";
import { managementApi } from "./management.ts";

const everybody: AllowedIps = {
  management: ["*"],
  admin: ["*"],
  metrics: ["*"],
  engine: ["*"],
};

/** What is seen of the Envoy of its own. */
export interface Observed {
  envoy: EnvoyView & MeasuredEnvoy;
  recorder: Pick<Recorder, "metrics">;
}

/** What listens on each port. */
export async function openApps(
  options: GatewayOptions,
  plane: ControlPlane,
  { envoy, recorder }: Observed,
) {
  const { control, modules, canary, access, certificates, changed, meters } = plane;
  const { people, audit } = await openPeople(options, plane.store);
  const allowed = { ...everybody, ...options.allowedIps };
  const routes = options.shortForm
    ? adminRoutes({
        ...{ control, audit, token: options.adminToken, shortForm: options.shortForm },
        immutable: options.immutable ?? false,
        log: people.log,
      })
    : null;
  const admin = (component: AdminOptions["component"]) =>
    adminApi({
      ...{ people, component, meters },
      configDump: options.configDump ?? false,
      allowedIps: component === "gateway-controller" ? allowed.admin : allowed.engine,
      authenticated: component === "gateway-controller",
      syncVersion: plane.version,
      dump: async () => dump(plane),
      routes: component === "gateway-controller" ? routes : null,
      health: (guards) => healthRoutes({ store: plane.store, envoy, guards }),
    });
  return {
    management: managementApi({
      ...{ control, modules, canary, access, certificates, people, audit, meters },
      immutable: options.immutable ?? false,
      allowedIps: allowed.management,
      environment: options.environment ?? [],
      changed: (ms) => changed.next(ms),
      ...(options.log && { log: options.log }),
    }),
    admin: admin("gateway-controller"),
    adminPublished: admin("gateway-controller"),
    engineAdmin: admin("policy-engine"),
    metrics: metricsApi(() => controllerMetrics(plane, options.tls?.certificate), allowed.metrics),
    engineMetrics: metricsApi(engineMetrics(envoy, recorder), allowed.metrics),
  };
}

export type Apps = Awaited<ReturnType<typeof openApps>>;

/** Opens them and returns where they are. */
export async function openPorts(
  options: GatewayOptions,
  plane: ControlPlane,
  observed: Observed,
  closing: (() => unknown)[],
): Promise<Partial<Ports>> {
  const apps = await openApps(options, plane, observed);
  const wanted = { ...defaultPorts, ...options.ports };
  const bound: Partial<Ports> = {};
  for (const name of Object.keys(apps) as (keyof typeof apps)[]) {
    const port = wanted[name];
    if (port === null) continue;
    const listening = await listen(apps[name], options.host ?? "127.0.0.1", port);
    closing.push(listening.close);
    bound[name] = listening.port;
  }
  return bound;
}

async function dump({ control, modules, certificates, connected }: ControlPlane): Promise<object> {
  const apis = control.kinds.flatMap((kind) => control.list(kind));
  return {
    apis: apis.map(({ handle, source, revision, updated_at }) => ({
      id: handle,
      configuration: redact(control.masked(JSON.parse(source))),
      metadata: { revision, updatedAt: updated_at },
    })),
    policies: modules.catalog.list(),
    certificates: certificates.list().map(({ pem, ...facts }) => facts),
    statistics: { totalApis: apis.length, totalPolicies: modules.catalog.list().length },
    xds_sync: { connectedGateways: connected() },
  };
}
