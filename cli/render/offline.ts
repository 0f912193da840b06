/**
 * What a gateway would make of documents, without one: the controller's own checks and translation over a store in
 * memory. Nothing listens, nothing is sent, and the same files give the same result.
 */
import { eventOptions } from "../../controller/analytics/event-options.ts";
import type { GatewayOptions } from "../../controller/gateway.ts";
import { Control } from "../../controller/deploy/control.ts";
import { Deployments } from "../../controller/deploy/resources/deployments.ts";
import { PolicyCatalog } from "../../controller/deploy/policies/catalog.ts";
import { namedOwn, refuseBrokenOwn, resolveOwn } from "../../controller/deploy/policies/own.ts";
import { engineFilter, trafficDefaults } from "../../controller/deploy/settings.ts";
import { chainTrials } from "../../controller/deploy/modules/try-chain.ts";
import { resourceKinds } from "../../controller/model/index.ts";
import { checkModule } from "../../controller/modules/check.ts";
import { Store } from "../../controller/store/store.ts";
import type { CompiledApi } from "../../controller/translate/compile.ts";
import type { Chain } from "../../controller/translate/chain.ts";
import { loadProtos } from "../../controller/xds/protos.ts";
import type { Document } from "../apply/documents.ts";
import { OfflineSecrets } from "./secrets.ts";
import { Recorder, type Recorded } from "./recorder.ts";

export type OfflineOptions = Pick<
  GatewayOptions,
  "traffic" | "gatewayPolicies" | "policyConfigurations" | "record"
> & {
  /** With every policy that the documents may name. */
  module: Uint8Array;
  /** By their names. */
  secrets: ReadonlyMap<string, string>;
};

export class OfflineGateway {
  private constructor(
    private readonly store: Store,
    private readonly control: Control,
    private readonly recorder: Recorder,
    private readonly secrets: OfflineSecrets,
  ) {}

  static async open(options: OfflineOptions): Promise<OfflineGateway> {
    const { manifest, bytes } = checkModule(options.module);
    const definitions = manifest.policies.map((one) => ({ parameters: {}, ...one }));
    const catalog = new PolicyCatalog(definitions, options.policyConfigurations);
    const own = namedOwn(options.gatewayPolicies);
    const policies = resolveOwn(own, catalog);
    const traffic = { ...trafficDefaults, ...options.traffic };
    const recorder = new Recorder(loadProtos());
    const secrets = new OfflineSecrets(options.secrets);
    const tryChain = chainTrials();
    await refuseBrokenOwn(policies, (chain) => tryChain(bytes, chain));
    const store = await Store.open(":memory:");
    const control = new Control({
      ...{ store, kinds: resourceKinds, ownPolicies: own, catalog: () => catalog },
      deployments: new Deployments(recorder, traffic.hosts.sandbox),
      defaults: () => ({
        ...{ ...traffic, policies, filters: [engineFilter] },
        recorded: eventOptions(options.record).events !== undefined,
        bodyUse: (policy) => catalog.bodyUse(policy),
        services: (policy) => catalog.services(policy),
        serviceTrust: (cluster) => catalog.serviceTrust(cluster),
      }),
      checkChain: async (chain, uses) => {
        // The engine may refuse a value that stands in for one that is not here.
        if (uses.some((use) => secrets.isMissing(use))) return null;
        const revealed = JSON.parse(secrets.sources.reveal(JSON.stringify(chain), uses)) as Chain;
        return tryChain(bytes, revealed);
      },
      ...{ secrets: secrets.sources, streams: () => [] },
      isFed: () => manifest.feed === true,
    });
    return new OfflineGateway(store, control, recorder, secrets);
  }

  /** Throws a UserError that names every fault. Documents of other kinds become no resources of Envoy's. */
  async take(document: Document): Promise<CompiledApi | null> {
    const kind = resourceKinds.find((one) => one.kind === document.kind);
    if (!kind) return null;
    this.secrets.next();
    await this.control.put(kind, document, { create: true });
    return this.control.compiled(document.metadata.name);
  }

  resources(): Recorded[] {
    return this.recorder.recorded();
  }

  /** The secrets that documents name and that were not given. */
  missing(): string[] {
    return this.secrets.missing();
  }

  close(): Promise<void> {
    return this.store.close();
  }
}
