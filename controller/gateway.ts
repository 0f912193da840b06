/**
 * A whole gateway in one process: store, management API, admin ports, xDS server, and an Envoy beside it.
 */
import { randomUUID } from "node:crypto";
import { findEnvoy } from "./agent/find.ts";
import { bootstrap, type ControllerTls } from "./agent/bootstrap.ts";
import { superviseEnvoy, type Supervised } from "./agent/supervise.ts";
import { adminApi, metricsApi } from "./api/admin.ts";
import type { User } from "./api/auth.ts";
import { listen, type Listening } from "./api/listen.ts";
import { managementApi } from "./api/management.ts";
import { Control } from "./deploy/control.ts";
import { Deployments } from "./deploy/deployments.ts";
import { Modules } from "./deploy/modules.ts";
import type { PolicyDefinition } from "./deploy/policies.ts";
import { engineFilter, trafficDefaults, type TrafficSettings } from "./deploy/settings.ts";
import { UserError } from "./errors.ts";
import { makeCertificate } from "./tls/certificate.ts";
import { prometheus } from "./metrics.ts";
import type { PolicyReference } from "./model/shared.ts";
import { Signal } from "./signal.ts";
import { Store } from "./store/store.ts";
import type { Chain } from "./translate/chain.ts";
import { gatewayResources, type GatewayListeners } from "./translate/gateway.ts";
import { Hopeless, until } from "./until.ts";
import { resourceKinds } from "./model/index.ts";
import { compression } from "./xds/resources/compression.ts";
import { ResourceCache, type Change } from "./xds/cache.ts";
import { loadProtos, type JsonObject } from "./xds/protos.ts";
import { mutualTls, serveAds, type AdsServer } from "./xds/server.ts";

/** 0 takes any free port, null none. */
export interface Ports {
  management: number;
  admin: number | null;
  /** Where the admin port is published. */
  adminPublished: number | null;
  metrics: number | null;
  engineAdmin: number | null;
  engineMetrics: number | null;
  xds: number;
  http: number | null;
  https: number | null;
  envoyAdmin: number;
}

export const defaultPorts: Ports = {
  management: 9090,
  admin: 9092,
  adminPublished: 9094,
  metrics: 9091,
  engineAdmin: 9002,
  engineMetrics: 9003,
  xds: 18000,
  http: 8080,
  https: 8443,
  envoyAdmin: 9901,
};

export interface GatewayOptions {
  /** `postgres://…`, or the file of a SQLite database. */
  store?: string;
  ports?: Partial<Ports>;
  /** Where the management and admin APIs and xDS listen; loopback unless told otherwise. */
  host?: string;
  /** Where Envoy listens for traffic; every address unless told otherwise. */
  trafficHost?: string;
  /** None: the management API is open. */
  users?: User[];
  /** The module to serve when the store has none, or when it differs from the one given last. */
  module?: Uint8Array;
  /** Schemas of policies whose module does not carry them. */
  policies?: PolicyDefinition[];
  /** First in every chain; no API can drop them. */
  gatewayPolicies?: Omit<PolicyReference, "field">[];
  traffic?: Partial<TrafficSettings>;
  limits?: GatewayListeners["limits"];
  accessLog?: GatewayListeners["accessLog"];
  errors?: GatewayListeners["errors"];
  /** Compresses answers with gzip for clients that take it. */
  compression?: boolean;
  /** PEM texts of the certificate on the HTTPS port; a self-signed one for localhost unless given. */
  tls?: { certificate: string; key: string; clientAuthority?: string };
  /** Mutual TLS on the xDS port; PEM texts, and the files an Envoy of ours reads its own side from. */
  xdsTls?: { certificate: string; key: string; clientAuthority: string; envoy?: ControllerTls };
  configDump?: boolean;
  /** `spawn` runs an Envoy beside the controller; `none` waits for others to connect. */
  envoy?: "spawn" | "none";
  envoyPath?: string;
  concurrency?: number;
  /** Tries a chain as the engine would: null, or the engine's words. */
  checkChain?: (module: Uint8Array, chain: Chain) => Promise<string | null>;
  log?: (line: string) => void;
}

export interface Gateway {
  ports: Ports;
  store: Store;
  control: Control;
  modules: Modules;
  envoy: Supervised | null;
  /** Settles when Envoy takes requests. */
  ready(timeoutMs?: number): Promise<void>;
  stop(drainMs?: number): Promise<void>;
}

export async function startGateway(options: GatewayOptions = {}): Promise<Gateway> {
  const ports = { ...defaultPorts, ...options.ports };
  const host = options.host ?? "127.0.0.1";
  const traffic = { ...trafficDefaults, ...options.traffic };
  const tls: GatewayOptions["tls"] =
    options.tls ?? (ports.https === null ? undefined : selfSigned());
  const log = options.log ?? (() => {});
  const closing: (() => Promise<unknown>)[] = [];
  const close = async () => {
    for (const end of closing.splice(0).reverse()) await end();
  };
  try {
    const store = await Store.open(options.store ?? "data/gateway.db");
    closing.push(() => store.close());
    const protos = loadProtos();
    const cache = new ResourceCache(protos);
    // An Envoy that connected before everything is loaded would be told that the rest is gone.
    let ads: AdsServer | null = null;
    const streams = () => ads?.streams() ?? [];
    const deployments = new Deployments(cache, traffic.hosts.sandbox);

    const listeners = () =>
      gatewayResources({
        host: options.trafficHost ?? "0.0.0.0",
        httpPort: ports.http,
        httpsPort: ports.https,
        limits: options.limits ?? {},
        accessLog: options.accessLog ?? "json",
        errors: options.errors ?? "json",
        tls: tls
          ? {
              certificate: "gateway",
              ...(tls.clientAuthority && { clientAuthority: "clients" }),
            }
          : null,
        modules: modules.current ? [engineFilter] : [],
        extraFilters: options.compression ? [compression] : [],
      });
    const modules: Modules = new Modules({
      store,
      cache,
      control: () => control,
      streams,
      definitions: options.policies ?? [],
      serving: () => void cache.apply(listeners()),
    });
    const gatewayPolicies = (options.gatewayPolicies ?? []).map((policy, i) => ({
      ...policy,
      field: `gatewayPolicies[${i}]`,
    }));
    const control: Control = new Control({
      store,
      deployments,
      catalog: () => modules.catalog,
      defaults: () => ({
        ...traffic,
        filters: [engineFilter],
        policies: gatewayPolicies,
        readsBody: (policy) => modules.catalog.readsBody(policy),
      }),
      streams,
      ...(options.checkChain && {
        checkChain: async (chain) =>
          modules.current ? options.checkChain!(modules.current.bytes, chain) : null,
      }),
      log,
    });

    await modules.load();
    if (options.module) await serveGiven(modules, options.module);
    for (const policy of gatewayPolicies) refuseUnknown(modules, policy);
    await control.load();
    cache.apply([...secrets(tls), ...listeners()]);
    const server = await serveAds({
      ...{ protos, cache, host, log, port: ports.xds },
      ...(options.xdsTls && { credentials: mutualTls(options.xdsTls) }),
    });
    ads = server;
    closing.push(() => server.close());

    const changed = new Signal();
    closing.push(async () => changed.close());
    const unwatch = server.watch(() => changed.raise());
    closing.push(async () => unwatch());
    changed.each(() => control.review());
    const unlisten = await store.watch(() => void takeForeignChanges());
    closing.push(unlisten);
    const takeForeignChanges = async () => {
      for (const { kind, handle } of await store.foreignChanges()) {
        const known = resourceKinds.find((row) => row.kind === kind);
        if (known) await control.reload(handle, known);
        else if (kind === "Module") await modules.load();
      }
    };

    const bound = { ...ports, xds: server.port };
    const open = async (name: keyof Ports, app: Parameters<typeof listen>[0]) => {
      const port = ports[name];
      if (port === null) return;
      const listening: Listening = await listen(app, host, port);
      closing.push(listening.close);
      Object.assign(bound, { [name]: listening.port });
    };
    const users = options.users ?? [];
    await open(
      "management",
      managementApi({ control, modules, users, log, changed: (ms) => changed.next(ms) }),
    );
    const admin = (component: "gateway-controller" | "policy-engine") =>
      adminApi({
        users,
        component,
        configDump: options.configDump ?? false,
        authenticated: component === "gateway-controller",
        syncVersion: () => cache.digest(),
        dump: async () => dump(control, modules, streams().length),
      });
    await open("admin", admin("gateway-controller"));
    await open("adminPublished", admin("gateway-controller"));
    await open("engineAdmin", admin("policy-engine"));
    await open(
      "metrics",
      metricsApi(async () => controllerMetrics(control, modules, streams().length)),
    );

    const envoy =
      options.envoy === "none"
        ? null
        : await superviseEnvoy({
            path: options.envoyPath ?? (await findEnvoy({ progress: log })).path,
            bootstrap: bootstrap({
              nodeId: `gateway-${randomUUID().slice(0, 8)}`,
              controllers: [{ host: "127.0.0.1", port: server.port }],
              adminPort: ports.envoyAdmin,
              ...(options.xdsTls?.envoy && { tls: options.xdsTls.envoy }),
            }),
            ...(options.concurrency && { concurrency: options.concurrency }),
            log,
          });
    let drainMs = 0;
    if (envoy) closing.push(() => envoy.stop(drainMs));
    const envoyStats = async () => (await envoy?.current()?.admin("/stats/prometheus")) ?? "";
    await open("engineMetrics", metricsApi(envoyStats));

    const gateway: Gateway = {
      ports: bound,
      store,
      control,
      modules,
      envoy,
      ready: async (timeoutMs = 15_000) => {
        await until(async () => {
          if (!envoy) throw new Hopeless("this gateway has no Envoy of its own");
          const answer = await envoy.current()?.admin("/ready");
          if (answer?.trim() !== "LIVE") throw new Error(`Envoy is not ready: ${answer?.trim()}`);
          Object.assign(bound, await trafficPorts(envoy, ports));
        }, timeoutMs);
      },
      stop: async (drain = 0) => {
        drainMs = drain;
        await close();
      },
    };
    return gateway;
  } catch (error) {
    await close();
    throw error;
  }
}

async function serveGiven(modules: Modules, bytes: Uint8Array): Promise<void> {
  const { hash } = await modules.upload(bytes);
  if (modules.current?.hash !== hash) await modules.assign(hash);
}

function refuseUnknown(modules: Modules, policy: PolicyReference): void {
  const checked = modules.catalog.check(policy);
  if ("resolved" in checked) Object.assign(policy, checked.resolved);
  else throw new UserError("gatewayPolicies cannot be served", checked.errors);
}

const selfSigned = () =>
  makeCertificate({ commonName: "localhost", names: ["localhost", "127.0.0.1"] });

function secrets(tls: GatewayOptions["tls"]): Change[] {
  if (!tls) return [];
  const inline = (text: string): JsonObject => ({ inline_string: text });
  const secret = (name: string, body: JsonObject): Change => ({
    kind: "secret",
    name,
    body: { name, ...body },
  });
  const certificate = { certificate_chain: inline(tls.certificate), private_key: inline(tls.key) };
  return [
    secret("gateway", { tls_certificate: certificate }),
    ...(tls.clientAuthority
      ? [secret("clients", { validation_context: { trusted_ca: inline(tls.clientAuthority) } })]
      : []),
  ];
}

async function trafficPorts(envoy: Supervised, ports: Ports): Promise<Partial<Ports>> {
  const { listener_statuses = [] } = JSON.parse(
    (await envoy.current()?.admin("/listeners?format=json")) ?? "{}",
  ) as {
    listener_statuses?: {
      name: string;
      local_address: { socket_address: { port_value: number } };
    }[];
  };
  const bound = Object.fromEntries(
    listener_statuses.map(({ name, local_address }) => [
      name,
      local_address.socket_address.port_value,
    ]),
  );
  if (ports.http !== null && bound["http"] === undefined)
    throw new Error("Envoy does not listen for HTTP yet");
  return bound;
}

async function dump(control: Control, modules: Modules, connected: number): Promise<object> {
  const apis = control.list(resourceKinds[0]);
  return {
    apis: apis.map(({ handle, source, revision, updated_at }) => ({
      id: handle,
      configuration: JSON.parse(source) as unknown,
      metadata: { revision, updatedAt: updated_at },
    })),
    policies: modules.catalog.list(),
    certificates: [],
    statistics: { totalApis: apis.length, totalPolicies: modules.catalog.list().length },
    xds_sync: { connectedGateways: connected },
  };
}

const controllerMetrics = (control: Control, modules: Modules, connected: number): string =>
  prometheus([
    { name: "gateway_controller_up", help: "1 while it runs", type: "gauge", value: 1 },
    {
      name: "gateway_controller_apis_total",
      help: "APIs in the store",
      type: "gauge",
      value: control.list(resourceKinds[0]).length,
    },
    {
      name: "gateway_controller_policies_total",
      help: "Policies that the serving module has",
      type: "gauge",
      value: modules.catalog.list().length,
    },
    {
      name: "gateway_controller_xds_clients_connected",
      help: "Envoys connected now",
      type: "gauge",
      value: connected,
    },
  ]);
