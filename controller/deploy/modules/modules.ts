/**
 * The modules: uploaded whole, kept by their hash, one of them serving. A module serves only if every stored document
 * fits its policies, so a swap never leaves an API without a policy that it names.
 */
import { reason, UserError } from "../../errors.ts";
import { OneByOne } from "../../one-by-one.ts";
import { checkModule, type CheckedModule } from "../../modules/check.ts";
import type { ModuleManifest } from "../../modules/manifest.ts";
import type { Changed, Replaced, ResourceCache } from "../../xds/cache.ts";
import type { JsonObject } from "../../xds/protos.ts";
import { moduleFilter } from "../../xds/resources/module.ts";
import type { DeltaStream } from "../../xds/stream.ts";
import type { Store } from "../../store/store.ts";
import type { SecretUse } from "../../model/templates.ts";
import type { Chain } from "../../translate/chain.ts";
import type { CompilerOptions } from "../compiler.ts";
import type { OwnPolicy } from "../../translate/own-policies.ts";
import type { Control } from "../control.ts";
import { PolicyCatalog, type PolicyDefinition } from "../policies/catalog.ts";
import { refuseBrokenOwn, resolveOwn } from "../policies/own.ts";
import type { PolicyConfigurations } from "../policies/system-parameters.ts";
import { engineFilter, engineRootId } from "../settings.ts";
import type { Told } from "../status/shared.ts";
import { servedBy, settledAs, type GatewayStatus, type Settled } from "../status/of-api.ts";

export interface ModulesOptions {
  store: Store;
  cache: ResourceCache;
  control: () => Control;
  streams: () => DeltaStream[];
  /** Schemas of policies whose module does not carry them. */
  definitions: readonly PolicyDefinition[];
  configurations: PolicyConfigurations;
  /** The gateway's own policies, as it was told them. */
  ownPolicies: readonly OwnPolicy[];
  checkChain: (module: Uint8Array, chain: Chain) => Promise<string | null>;
  /** The same of a chain that refers to secrets. */
  tryChain: (
    module: Uint8Array,
    chain: Chain,
    secrets: readonly SecretUse[],
  ) => Promise<string | null>;
  /** What gateways of other controllers serve, who should have the module of this hash. */
  elsewhere?: (hash: string) => Promise<GatewayStatus[]>;
  log?: (line: string) => void;
  /** Called when another module serves. */
  serving?: () => void;
}

export type ModuleStatus = Pick<GatewayStatus, "id" | "state" | "reason">;

export interface ServingModule extends CheckedModule {
  assignment: number;
}

export interface ModuleEntry {
  hash: string;
  policies: { name: string; version: string }[];
  uploadedAt: string;
  serving: boolean;
  /** The hash of the one that comes back when nobody works on a policy any more. */
  standsInFor?: string;
  /** Why an Envoy refused it, if one did. */
  refused?: string;
}

export class Modules {
  catalog: PolicyCatalog;
  current: ServingModule | null = null;
  private readonly assigning = new OneByOne();
  /** How often Envoys refused a module, and in which words. */
  private readonly refusals = new Map<string, { count: number; reason: string }>();

  constructor(private readonly options: ModulesOptions) {
    this.catalog = new PolicyCatalog(options.definitions, options.configurations);
  }

  /** Serves what served before the controller ended. */
  async load(): Promise<void> {
    const [last] = await this.options.store.assignments(1);
    if (!last || last.id === this.current?.assignment) return;
    const before = this.catalog.bodyUses();
    this.serve(await this.stored(last.hash), last.id);
    await this.limitBodies(before);
  }

  /** What each connected Envoy makes of the module that it should have. */
  gateways(): ModuleStatus[] {
    return this.options.streams().map((stream) => {
      const refusal = stream.rejection("extension", engineFilter);
      if (refusal) return { id: stream.nodeId, state: "refused", reason: refusal.message };
      const held = stream.held("extension", engineFilter);
      const version = stream.offered("extension", engineFilter);
      return { id: stream.nodeId, state: held === version ? servedBy(stream) : "pending" };
    });
  }

  /** The same of the gateways of all controllers. */
  async everywhere(): Promise<ModuleStatus[]> {
    const elsewhere = (await this.options.elsewhere?.(this.current?.hash ?? "")) ?? [];
    return [...this.gateways(), ...elsewhere.map(({ revision, ...status }) => status)];
  }

  /** For other controllers. */
  told(): Told {
    const gateways = this.gateways().map((gateway) => ({ ...gateway, revision: null }));
    return { wanted: this.current?.hash ?? "", gateways };
  }

  settled(): Settled {
    return settledAs(this.gateways());
  }

  /** Throws a UserError that names every rule the module breaks. */
  async upload(bytes: Uint8Array): Promise<CheckedModule> {
    const checked = checkModule(bytes);
    this.catalogFor(checked.manifest);
    await this.options.store.keepModule(checked.hash, bytes, checked.manifest);
    return checked;
  }

  /** Makes an uploaded module serve; one after the other, and documents are written while it is tried. */
  assign(hash: string): Promise<void> {
    return this.assigning.run(async () => {
      const before = this.catalog.bodyUses();
      await this.whenFitting(hash, async (stored) => {
        const { id } = await this.options.store.assign(hash);
        this.serve(stored, id);
      });
      await this.limitBodies(before);
    });
  }

  /** An uploaded module as single gateways can be given it, before it serves. */
  offered(hash: string): Promise<Replaced> {
    return this.assigning.run(() =>
      this.whenFitting(hash, async ({ bytes }) =>
        this.options.cache.encoded({ ...this.place, body: this.filter(hash, bytes) }),
      ),
    );
  }

  /** What a module is among an Envoy's resources. */
  readonly place: Changed = { kind: "extension", name: engineFilter };

  /** Goes back to the module before when an Envoy refuses the one that serves: a new Envoy would have none at all. */
  async review(): Promise<void> {
    const serving = this.options.cache.get("extension", engineFilter)?.version;
    const judging = this.options
      .streams()
      .filter((stream) => stream.offered("extension", engineFilter) === serving)
      .map(({ nodeId }) => nodeId);
    const refused = this.gateways().find(
      ({ id, state }) => state === "refused" && judging.includes(id),
    );
    if (!refused || !this.current) return;
    const { hash } = this.current;
    this.refusals.set(hash, {
      count: (this.refusals.get(hash)?.count ?? 0) + 1,
      reason: refused.reason ?? "",
    });
    this.options.log?.(`module ${hash.slice(0, 12)} was refused: ${refused.reason}`);
    await this.rollback().catch((error: unknown) => this.options.log?.(reason(error)));
  }

  /** Makes the module serve that served before this one; the history goes on. */
  async rollback(): Promise<string> {
    const history = await this.options.store.assignments();
    const before = history.find(({ hash }) => hash !== this.current?.hash);
    if (!before) throw new UserError("there is no earlier module to go back to");
    await this.assign(before.hash);
    return before.hash;
  }

  async list(): Promise<ModuleEntry[]> {
    return (await this.options.store.modules()).map(({ hash, manifest, created_at }) => {
      const { policies, standsInFor } = JSON.parse(manifest) as ModuleManifest;
      return {
        hash,
        policies: policies.map(({ name, version }) => ({ name, version })),
        uploadedAt: created_at,
        serving: hash === this.current?.hash,
        ...(standsInFor && { standsInFor }),
        ...(this.refusals.has(hash) && { refused: this.refusals.get(hash)!.reason }),
      };
    });
  }

  /**
   * Does something with an uploaded module that starts and that every document fits, while nothing is written: no document
   * slips by the check.
   */
  private async whenFitting<T>(
    hash: string,
    work: (module: CheckedModule) => Promise<T>,
  ): Promise<T> {
    const control = this.options.control();
    const module = await this.stored(hash);
    const { bytes, manifest } = module;
    const catalog = this.catalogFor(manifest);
    await this.tryStart(bytes);
    await this.tryOwn(bytes, catalog);
    const fitting = control.fitting({
      catalog: () => catalog,
      checkChain: this.trialsOf(bytes),
      isFed: () => manifest.feed === true,
    });
    const refuseMisfits = async () => {
      const misfits = await fitting.misfits();
      if (misfits.length > 0)
        throw new UserError("The module does not fit what is deployed", misfits);
    };
    await refuseMisfits();
    return control.exclusively(async () => {
      await refuseMisfits();
      return work(module);
    });
  }

  private filter(hash: string, bytes: Uint8Array): JsonObject {
    const attempt = this.refusals.get(hash)?.count ?? 0;
    return moduleFilter({ name: engineFilter, bytes, rootId: engineRootId, attempt });
  }

  /** The simulator tells in words why a module does not start; Envoy would only say that it does not. */
  private async tryStart(bytes: Uint8Array): Promise<void> {
    const empty = { api: { name: "", version: "", context: "", kind: "" }, policies: [] };
    try {
      await this.options.checkChain(bytes, empty);
    } catch (error) {
      throw new UserError("The module does not start", [
        { field: "module", message: reason(error) },
      ]);
    }
  }

  /** The gateway's own policies would else fail at the first request of every API. */
  private async tryOwn(bytes: Uint8Array, catalog: PolicyCatalog): Promise<void> {
    const { ownPolicies, checkChain } = this.options;
    const own = resolveOwn(ownPolicies, catalog);
    await refuseBrokenOwn(own, (chain) => checkChain(bytes, chain));
  }

  /** The same policies with the same parameters are tried once, however many APIs have them. */
  private trialsOf(bytes: Uint8Array): CompilerOptions["checkChain"] {
    const tried = new Map<string, Promise<string | null>>();
    return (chain, secrets) => {
      const key = JSON.stringify(chain.policies);
      const trial = tried.get(key) ?? this.options.tryChain(bytes, chain, secrets);
      tried.set(key, trial);
      return trial;
    };
  }

  private async stored(hash: string): Promise<CheckedModule> {
    const row = await this.options.store.module(hash);
    if (!row) throw new UserError(`module ${hash}: not found`);
    const manifest = JSON.parse(row.manifest) as ModuleManifest;
    return { hash, bytes: new Uint8Array(row.bytes), manifest };
  }

  /** The very bytes that were tried: the simulator that tried them goes on with the next chains. */
  private serve({ hash, bytes, manifest }: CheckedModule, assignment: number): void {
    this.catalog = this.catalogFor(manifest);
    this.current = { hash, bytes, manifest, assignment };
    this.options.serving?.();
    this.options.cache.apply([{ ...this.place, body: this.filter(hash, bytes) }]);
  }

  /** Routes whose policies read bodies have a limit for them; others may read them now than did. */
  private async limitBodies(before: string): Promise<void> {
    if (this.catalog.bodyUses() !== before) await this.options.control().recompile();
  }

  /** The module's policies; their schemas are the module's own or, by name and version, those that were given. */
  private catalogFor(manifest: ModuleManifest): PolicyCatalog {
    const { definitions, configurations } = this.options;
    if (manifest.policies.length === 0) return new PolicyCatalog(definitions, configurations);
    return new PolicyCatalog(
      manifest.policies.map((policy) => {
        const given = definitions.find(
          ({ name, version }) => name === policy.name && plain(version) === plain(policy.version),
        );
        return { ...given, ...policy, parameters: policy.parameters ?? given?.parameters ?? {} };
      }),
      configurations,
    );
  }
}

const plain = (version: string): string => version.replace(/^v/, "");
