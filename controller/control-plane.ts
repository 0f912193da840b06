/**
 * The control plane put together: store, documents, modules, resources and the xDS server that hands them to Envoys.
 */
import { eventOptions } from "./analytics/event-options.ts";
import { openAccess, type Access } from "./access/index.ts";
import type { SubscribedApi } from "./access/subscriptions.ts";
import { Canary } from "./canary/canary.ts";
import { applyRoutes } from "./config/short-form/apply.ts";
import { Control } from "./deploy/control.ts";
import type { SecretSources } from "./deploy/secrets/withhold.ts";
import { Deployments } from "./deploy/resources/deployments.ts";
import { loadFolder } from "./gitops/load.ts";
import { Modules, type ModulesOptions } from "./deploy/modules/modules.ts";
import { majorOf } from "./deploy/policies/catalog.ts";
import { moduleSubject, SharedStatus } from "./deploy/status/shared.ts";
import { engineFilter, trafficDefaults } from "./deploy/settings.ts";
import { chainTrials } from "./deploy/modules/try-chain.ts";
import { reason, UserError } from "./errors.ts";
import { serveFeed } from "./feed/serve.ts";
import { resourceKinds } from "./model/index.ts";
import { watchFolder } from "./gitops/watch.ts";
import { Meters } from "./observe/meters.ts";
import { countStatement } from "./observe/statements.ts";
import { namedOwn, refuseBrokenOwn, resolveOwn } from "./deploy/policies/own.ts";
import type { OwnPolicy } from "./translate/own-policies.ts";
import { defaultPorts, defaultStore, type GatewayOptions } from "./options.ts";
import { Signal } from "./signal.ts";
import { Store } from "./store/store.ts";
import { makeCertificate } from "./tls/certificate.ts";
import { TlsIdentity } from "./tls/identity.ts";
import { Certificates } from "./trust/certificates.ts";
import type { Chain } from "./translate/chain.ts";
import { deniedBy, deniedTarget } from "./translate/own-ports.ts";
import { gatewayResources } from "./translate/gateway.ts";
import { ResourceCache } from "./xds/cache.ts";
import { kinds } from "./xds/kinds.ts";
import { loadProtos } from "./xds/protos.ts";
import { xdsExposure } from "./xds/exposure.ts";
import { compression } from "./xds/resources/http/compression.ts";
import { serveAds, type AdsServer } from "./xds/server.ts";
import { gatewaySecrets, trustSecret } from "./xds/resources/secret.ts";

export interface ControlPlane {
  store: Store;
  control: Control;
  modules: Modules;
  /** A module that some gateways try before all get it. */
  canary: Canary;
  /** Keys and what else gateways look up, and the feed that brings it to them. */
  access: Access;
  certificates: Certificates;
  xds: AdsServer;
  connected(): number;
  /** Shows other certificates from now on. Throws if one is no good; false when nothing differs. */
  renewTls(renewed: Pick<GatewayOptions, "tls" | "xdsTls">): boolean;
  meters: Meters;
  /** How many resources the Envoys should have, by kind. */
  resources(): Readonly<Record<string, number>>;
  /** One text for all that the Envoys should have. */
  version(): string;
  /** Raised when an Envoy came, answered or went. */
  changed: Signal;
}

const cleanUpEveryMs = 600_000;

/**
 * `closing` collects how to end what was begun, also when a later step fails. The Envoy beside it finds its resources on
 * `socket`, whatever others have to show on the port.
 */
export async function startControlPlane(
  options: GatewayOptions,
  closing: (() => unknown)[],
  socket?: string,
): Promise<ControlPlane> {
  const log = options.log ?? (() => {});
  const ports = { ...defaultPorts, ...options.ports };
  const traffic = { ...trafficDefaults, ...options.traffic };
  const shown = options.tls ?? (ports.https === null ? undefined : selfSigned());
  const tls = shown && new TlsIdentity("downstream_tls", shown);
  const xdsTls = options.xdsTls && new TlsIdentity("xds_tls", options.xdsTls);
  const meters = new Meters();
  const store = await Store.open(options.store ?? defaultStore, countStatement(meters));
  closing.push(() => store.close());
  options.sized?.(await store.countArtifacts());
  const access = await openAccess(store, options, (id) => subscribedApi(control, id), log);
  const protos = loadProtos();
  const cache = new ResourceCache(protos);
  // An Envoy that connected before everything is loaded would be told that the rest is gone.
  let ads: AdsServer | null = null;
  const streams = () => ads?.streams() ?? [];

  const changed = new Signal((error) => log(reason(error)));
  closing.push(() => changed.close());
  const shared =
    store.served &&
    new SharedStatus({
      ...{ served: store.served, streams, log },
      subjects: () => [moduleSubject, ...control.handles()],
      tell: (subject) => (subject === moduleSubject ? modules.told() : control.told(subject)),
      touched: () => changed.raise(),
    });

  const listeners = () =>
    gatewayResources({
      host: options.trafficHost ?? "0.0.0.0",
      httpPort: ports.http,
      httpsPort: ports.https,
      limits: options.limits ?? {},
      accessLog: options.accessLog ?? "json",
      ...(options.accessLogQuery && { accessLogQuery: true }),
      ...eventOptions(options.record),
      metrics: ports.engineMetrics !== null,
      ...(options.tracing && { tracing: options.tracing }),
      errors: options.errors ?? "json",
      tls: tls
        ? {
            certificate: "gateway",
            ...(tls.current.clientAuthority && { clientAuthority: "clients" }),
            ...(tls.current.clientCertificates && {
              clientCertificates: tls.current.clientCertificates,
            }),
            ...(options.tlsVersions && { versions: options.tlsVersions }),
          }
        : null,
      modules: modules.current ? [engineFilter] : [],
      extraFilters: options.compression ? [compression] : [],
    });
  const ownPolicies = namedOwn(options.gatewayPolicies);
  const { checkChain = chainTrials() } = options;
  const tryChain: ModulesOptions["tryChain"] = async (bytes, chain, secrets) => {
    const revealed = JSON.parse(access.vault.reveal(JSON.stringify(chain), secrets)) as Chain;
    const words = await checkChain(bytes, revealed);
    return words && access.vault.redact(words, secrets);
  };
  const modules: Modules = new Modules({
    ...{ store, cache, streams, checkChain, tryChain, log, ownPolicies },
    control: () => control,
    ...(shared && { elsewhere: (hash) => shared.elsewhereOf(moduleSubject, hash) }),
    definitions: options.policies ?? [],
    configurations: options.policyConfigurations ?? {},
    serving: () => void cache.apply(listeners()),
  });
  const gatewayPolicies: OwnPolicy[] = [];
  const control: Control = new Control({
    ...{ store, streams, log, meters, kinds: options.kinds ?? resourceKinds },
    ...(shared && {
      elsewhere: (wanted) => shared.elsewhere(wanted),
      touched: (handle) => shared.touch(handle),
    }),
    deniedTarget: deniedTarget(deniedBy(ports, options.deniedNetworks)),
    deployments: new Deployments(cache, traffic.hosts.sandbox),
    catalog: () => modules.catalog,
    ownPolicies,
    defaults: () => ({
      ...traffic,
      filters: [engineFilter],
      recorded: eventOptions(options.record).events !== undefined,
      policies: gatewayPolicies,
      bodyUse: (policy) => modules.catalog.bodyUse(policy),
      services: (policy) => modules.catalog.services(policy),
      serviceTrust: (cluster) => modules.catalog.serviceTrust(cluster),
    }),
    checkChain: async (chain, secrets) =>
      modules.current && tryChain(modules.current.bytes, chain, secrets),
    secrets: secretSources(access, options.secretsInChains ?? false),
    isFed: () => modules.current === null || modules.current.manifest.feed === true,
  });

  const certificates = new Certificates(store, (pem) => void cache.apply([trustSecret(pem)]));
  await certificates.load();
  await access.load();
  await modules.load();
  await control.read();
  if (options.module) await serveGiven({ store, modules, log }, options.module);
  gatewayPolicies.push(...resolveOwn(ownPolicies, modules.catalog));
  const { current } = modules;
  if (current) await refuseBrokenOwn(gatewayPolicies, (chain) => checkChain(current.bytes, chain));
  await control.recompile();
  await access.feeder.load();
  const cleanUp = async () => {
    await access.keys.cleanUp();
    await access.revocations.cleanUp();
    access.feeder.drop(access.vault.leftEntries());
  };
  const cleaning = setInterval(
    () => void cleanUp().catch((error: unknown) => log(reason(error))),
    cleanUpEveryMs,
  );
  closing.push(() => clearInterval(cleaning));
  if (options.documents !== undefined) await loadFolder(control, options.documents);
  if (options.shortForm) await applyRoutes(control, options.shortForm);
  if (options.gitops) closing.push(await watchFolder(control, options.gitops, log));
  cache.apply([...(tls ? gatewaySecrets(tls.current) : []), ...listeners()]);
  tls?.onRenewal((material) => void cache.apply(gatewaySecrets(material)));

  const canary = new Canary({ modules, streams, log });
  closing.push(() => canary.close());
  const server = await serveAds({
    canary,
    ...{ protos, cache, log, meters, port: ports.xds, ...(socket !== undefined && { socket }) },
    ...xdsExposure({
      ...{ log, tokens: access.tokens },
      ...(options.host !== undefined && { host: options.host }),
      ...(xdsTls && { tls: xdsTls }),
    }),
    feed: serveFeed(access.feeder.table),
  });
  ads = server;
  closing.push(() => server.close());
  access.tokens.changed = () => server.admitAgain();
  closing.push(server.watch(() => changed.raise()));
  changed.each(() => control.review());
  changed.each(() => modules.review());
  if (shared) {
    await shared.begin();
    closing.push(() => shared.end());
    changed.each(() => shared.publish());
  }

  const written = new Signal((error) => log(`cannot read what others wrote: ${reason(error)}`));
  closing.push(() => written.close());
  closing.push(await store.watch(() => written.raise()));
  written.each(() => takeForeignChanges({ store, control, modules, access, certificates }));
  // What gateways of other controllers serve may be what they wrote.
  if (shared) written.each(() => changed.raise());
  return {
    ...{ store, control, modules, canary, access, certificates, changed, meters },
    resources: () => Object.fromEntries(kinds.map(({ name }) => [name, cache.size(name)])),
    xds: server,
    connected: () => server.streams().length,
    renewTls: ({ tls: next, xdsTls: nextXds }) =>
      [next && tls?.renew(next), nextXds && xdsTls?.renew(nextXds)].includes(true),
    version: () => cache.digest(),
  };
}

const secretSources = ({ vault, feeder }: Access, inChains: boolean): SecretSources => ({
  templates: { env: process.env, secret: (name) => vault.value(name) },
  reveal: (json, uses) => vault.reveal(json, uses),
  entryOf: inChains ? null : (value) => vault.entryOf(value),
  use: (handle, uses) => feeder.put(vault.use(handle, uses)),
});

/** By handle or UUID. */
function subscribedApi(control: Control, id: string): SubscribedApi | null {
  const artifact = control.get(id) ?? control.byUuid(id);
  if (!artifact) return null;
  const { spec } = JSON.parse(artifact.source) as { spec: { subscriptionPlans?: string[] } };
  return {
    ...{ kind: artifact.kind, handle: artifact.handle },
    plans: (spec.subscriptionPlans ?? []).map(String),
  };
}

const selfSigned = (): NonNullable<GatewayOptions["tls"]> =>
  makeCertificate({ commonName: "localhost", names: ["localhost", "127.0.0.1"] });

/**
 * A module that served before does not come back by a restart: what was published since stays. Neither does one serve that
 * lacks a policy of the one that does.
 */
async function serveGiven(
  { store, modules, log }: { store: Store; modules: Modules; log: (line: string) => void },
  bytes: Uint8Array,
): Promise<void> {
  const { hash, manifest } = await modules.upload(bytes);
  if ((await store.assignments()).some((assignment) => assignment.hash === hash)) return;
  const lacking = (modules.current?.manifest.policies ?? []).filter(
    ({ name, version }) =>
      !manifest.policies.some(
        (policy) => policy.name === name && majorOf(policy.version) === majorOf(version),
      ),
  );
  const names = lacking.map(({ name }) => name).join(", ");
  if (names) return log(`the module that serves stays: the given one lacks ${names}`);
  try {
    await modules.assign(hash);
  } catch (error) {
    // Without another one the gateway would have no policies at all.
    if (!modules.current || !(error instanceof UserError)) throw error;
    const words = error.fields.map(({ field, message }) => `${field} ${message}`).join("; ");
    log(`the module that serves stays: ${error.message}: ${words}`);
  }
}

async function takeForeignChanges({
  store,
  control,
  modules,
  access,
  certificates,
}: Pick<ControlPlane, "store" | "control" | "modules" | "access" | "certificates">): Promise<void> {
  for (const change of await store.foreignChanges()) {
    const { kind, handle } = change;
    const known = control.kinds.find((row) => row.kind === kind);
    if (known) await control.reload(handle, known);
    else if (kind === "Module") await modules.load();
    else if (kind === "Certificate") await certificates.load();
    else await access.feeder.take(change);
  }
}
