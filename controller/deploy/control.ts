/**
 * The control plane: documents come in, are checked, stored and become resources; what every Envoy makes of them comes
 * back as a status that tells the truth.
 *
 * A revision that cannot be built or that an Envoy refuses is taken back: the last one that was taken everywhere stays,
 * and the status says why. Other APIs never notice.
 */
import { reason, UserError, type FieldError } from "../errors.ts";
import { readDocument, type ReadDocument, type ResourceKind } from "../model/index.ts";
import type { RestApi } from "../model/rest-api.ts";
import type { PolicyReference } from "../model/shared.ts";
import type { SecretUse } from "../model/templates.ts";
import { Conflict, type Artifact, type Store } from "../store/store.ts";
import { compileApi, type CompiledApi, type GatewayDefaults } from "../translate/compile.ts";
import type { Chain } from "../translate/chain.ts";
import type { PolicyCatalog } from "./policies/catalog.ts";
import type { Meters } from "../observe/meters.ts";
import { preview } from "../store/preview.ts";
import { misfitsOf, refuseBadChains, resolvePolicies } from "./policies/resolve.ts";
import { maskSecrets } from "./secrets/mask.ts";
import { withhold, type SecretSources } from "./secrets/withhold.ts";
import type { Deployments } from "./resources/deployments.ts";
import { gatewaysOf, isServed, type ApiProblem, type GatewayStatus } from "./status/of-api.ts";
import { usedPolicies } from "./policies/used.ts";
import type { DeltaStream } from "../xds/stream.ts";

export interface ControlOptions {
  kinds: readonly ResourceKind[];
  store: Store;
  deployments: Deployments;
  catalog: () => PolicyCatalog;
  defaults: () => GatewayDefaults;
  /** The gateway's, first in every chain, as it was told them. */
  ownPolicies: readonly PolicyReference[];
  streams: () => DeltaStream[];
  /** Says in the engine's words why a chain cannot run; null when it can. */
  checkChain: (chain: Chain, secrets: readonly SecretUse[]) => Promise<string | null>;
  secrets: SecretSources;
  meters?: Meters;
  /** Whether the policies that serve can be given secrets. */
  isFed: () => boolean;
  log?: (line: string) => void;
}

export interface Accepted {
  artifact: Artifact;
  api: RestApi;
  warnings: string[];
}

export type WriteMode = { create: true } | { replace: string; expected: number | "any" };

/** Enough for speed, few enough that what is thrown away between does not pile up. */
const loadedAtOnce = 250;

export class Control {
  /** Why the newest revision of an API is not the one that is served. */
  private readonly problems = new Map<string, ApiProblem>();
  /** What was taken by every Envoy that has answered, to go back to. */
  private readonly good = new Map<string, { compiled: CompiledApi; revision: number }>();
  private readonly unproven = new Set<string>();
  private readonly artifacts = new Map<string, Artifact>();
  /** When a revision was first pushed, until it is served. */
  private readonly pushedAt = new Map<string, number>();
  private provedAt = 0;
  private writing: Promise<unknown> = Promise.resolve();

  constructor(private readonly options: ControlOptions) {}

  /** Reads the store and deploys everything that is in it. No Envoy may be connected yet: it would see a part. */
  async load(): Promise<void> {
    for (const kind of this.kinds) {
      const artifacts = await this.options.store.artifacts(kind.kind);
      for (let at = 0; at < artifacts.length; at += loadedAtOnce)
        await this.loadSome(kind, artifacts.slice(at, at + loadedAtOnce));
    }
  }

  /** Checks a document and, unless it is a dry run, stores and deploys it. */
  put(kind: ResourceKind, source: unknown, mode: WriteMode, dryRun = false): Promise<Accepted> {
    return this.exclusively(async () => {
      const read = this.read(kind, source);
      const { api, warnings, source: document } = read;
      if ("replace" in mode && api.name !== mode.replace)
        throw new UserError(`metadata.name must equal the handle in the URL`, [
          { field: "metadata.name", message: `must be '${mode.replace}', found '${api.name}'` },
        ]);
      const compiled = await this.compile(read);
      const existing = this.artifacts.get(api.name);
      if (existing && ("create" in mode || existing.kind !== kind.kind))
        throw new Conflict(
          "handle",
          `${this.labelOf(existing)} with handle '${api.name}' already exists`,
        );
      const write = {
        kind: kind.kind,
        handle: api.name,
        displayName: api.displayName,
        version: api.version,
        source: document,
        deployed: api.deployed,
      };
      if (dryRun) return { api, warnings, artifact: preview(write, existing) };
      const expected = "create" in mode ? 0 : mode.expected;
      const artifact = await this.options.store.write(write, expected);
      this.deploy(artifact, compiled);
      return { api, warnings, artifact };
    });
  }

  /** False when there was none. */
  remove(kind: ResourceKind, handle: string, expected: number | "any"): Promise<boolean> {
    return this.exclusively(async () => {
      const removed = await this.options.store.remove(kind.kind, handle, expected);
      if (removed) this.forget(handle);
      return removed;
    });
  }

  /** One write at a time, so that what is stored and what is deployed come in the same order. */
  exclusively<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.writing.then(work);
    this.writing = turn.catch(() => {});
    return turn;
  }

  get kinds(): readonly ResourceKind[] {
    return this.options.kinds;
  }

  /** Of any kind unless told which: two kinds cannot share a handle, for their routes and keys would be one's. */
  get(handle: string, kind?: ResourceKind): Artifact | undefined {
    const artifact = this.artifacts.get(handle);
    return kind && artifact?.kind !== kind.kind ? undefined : artifact;
  }

  byUuid(uuid: string): Artifact | undefined {
    return [...this.artifacts.values()].find((artifact) => artifact.uuid === uuid);
  }

  list(kind: ResourceKind): Artifact[] {
    return [...this.artifacts.values()]
      .filter((artifact) => artifact.kind === kind.kind)
      .sort((a, b) => (a.handle < b.handle ? -1 : 1));
  }

  status(handle: string): { gateways: GatewayStatus[]; problem: ApiProblem | null } {
    const { deployments, streams } = this.options;
    const problem = this.problems.get(handle) ?? null;
    const revision = this.artifacts.get(handle)?.revision ?? 0;
    return {
      gateways: gatewaysOf({ handle, revision, problem, deployments, streams: streams() }),
      problem,
    };
  }

  /** What an API became: what Envoys are given of it. */
  compiled(handle: string): CompiledApi | null {
    return this.options.deployments.get(handle)?.compiled ?? null;
  }

  /** A document as lists and logs may show it. */
  masked(document: unknown): unknown {
    return maskSecrets(document, this.options.catalog());
  }

  /** The names of what an API is made of. */
  resourcesOf(handle: string): { routes: string[]; clusters: string[] } {
    return this.options.deployments.resourcesOf(handle);
  }

  /** Whether every connected Envoy serves the newest revision; "refused" when that will not happen. */
  settled(handle: string): "served" | "refused" | "pending" {
    if (this.problems.has(handle)) return "refused";
    return this.status(handle).gateways.every(isServed) ? "served" : "pending";
  }

  /** Takes over what another controller wrote. */
  reload(handle: string, kind: ResourceKind): Promise<void> {
    return this.exclusively(async () => {
      const artifact = await this.options.store.artifact(kind.kind, handle);
      if (!artifact) return this.forget(handle);
      const compiled = await this.compileStored(kind, handle, artifact.source);
      this.artifacts.set(handle, artifact);
      if (compiled) this.deploy(artifact, compiled);
    });
  }

  /** The gateway's own policies and documents that would not fit other policies; for a module before it serves. */
  misfits(catalog: PolicyCatalog): FieldError[] {
    const { ownPolicies, secrets } = this.options;
    return misfitsOf({ ownPolicies, documents: this.documents(), catalog, reveal: secrets.reveal });
  }

  /** The policies that some document or the gateway itself names. */
  used(): Set<string> {
    const apis = this.documents().map(({ document }) => document.api);
    return usedPolicies(apis, this.options.defaults().policies, this.options.catalog());
  }

  /** Builds everything anew, for settings or policies that changed; what is the same afterwards is not pushed. */
  async recompile(): Promise<void> {
    for (const kind of this.kinds) {
      const artifacts = this.list(kind);
      for (let at = 0; at < artifacts.length; at += loadedAtOnce)
        await this.loadSome(kind, artifacts.slice(at, at + loadedAtOnce));
    }
  }

  /** Looks at what the Envoys said: proves what they took, takes back what they refused. */
  async review(): Promise<void> {
    const { streams, deployments } = this.options;
    for (const { kind, name, message } of streams().flatMap((stream) => stream.rejections())) {
      if (kind !== "route" && kind !== "cluster") continue;
      for (const handle of deployments.usersOf(kind, name))
        if (this.unproven.has(handle)) await this.takeBack(handle, message);
    }
    deployments.forgetLeft((routes, api) =>
      streams().some(
        (stream) => deployments.revisionIn(routes, stream.held("route", routes), api) !== undefined,
      ),
    );
    // With thousands to prove, as after a start, looking at all of them for each answer would be most of the work.
    const now = performance.now();
    if (this.unproven.size > 500 && now - this.provedAt < 500) return;
    this.provedAt = now;
    for (const handle of this.unproven) {
      const deployed = deployments.get(handle);
      const { gateways } = this.status(handle);
      if (deployed && gateways.length > 0 && gateways.every(isServed)) {
        this.good.set(handle, deployed);
        this.unproven.delete(handle);
        const pushedAt = this.pushedAt.get(handle);
        this.pushedAt.delete(handle);
        if (pushedAt !== undefined)
          this.options.meters?.time("deployment_latency_seconds", performance.now() - pushedAt);
      }
    }
  }

  /** Whether Envoy's schema allows them is seen when they are applied; only if not, each is asked for itself. */
  private async loadSome(kind: ResourceKind, artifacts: Artifact[], schema = false): Promise<void> {
    const changes = [];
    for (const artifact of artifacts) {
      const { handle, revision } = artifact;
      this.artifacts.set(handle, artifact);
      const compiled = await this.compileStored(kind, handle, artifact.source, schema);
      if (!compiled) continue;
      this.unproven.add(handle);
      changes.push({ name: handle, deployed: { compiled, revision } });
    }
    try {
      this.apply(changes);
    } catch (error) {
      if (schema) throw error;
      await this.loadSome(kind, artifacts, true);
    }
  }

  private deploy(artifact: Artifact, compiled: CompiledApi): void {
    const { handle, revision } = artifact;
    this.artifacts.set(handle, artifact);
    this.problems.delete(handle);
    this.unproven.add(handle);
    this.pushedAt.set(handle, performance.now());
    this.apply([{ name: handle, deployed: { compiled, revision } }]);
  }

  private forget(handle: string): void {
    this.artifacts.delete(handle);
    this.problems.delete(handle);
    this.unproven.delete(handle);
    this.pushedAt.delete(handle);
    this.good.delete(handle);
    this.apply([{ name: handle, deployed: null }]);
  }

  private async takeBack(handle: string, message: string): Promise<void> {
    const refused = this.options.deployments.get(handle);
    if (!refused) return;
    this.unproven.delete(handle);
    this.pushedAt.delete(handle);
    const fallback = this.good.get(handle) ?? (await this.earlier(handle, refused.revision));
    this.problems.set(handle, { revision: refused.revision, reason: message });
    this.options.log?.(`${handle}: revision ${refused.revision} was refused: ${message}`);
    this.apply([{ name: handle, deployed: fallback }]);
  }

  /** The newest revision before one that is no good. */
  private async earlier(handle: string, before: number) {
    const kind = this.kinds.find(({ kind }) => kind === this.artifacts.get(handle)?.kind);
    for (const { revision, source } of kind
      ? await this.options.store.revisions(kind.kind, handle)
      : []) {
      if (revision >= before) continue;
      try {
        return {
          revision,
          compiled: await this.compile(this.read(kind!, JSON.parse(source))),
        };
      } catch {
        // Neither does this one build any more; the one before may.
      }
    }
    return null;
  }

  /**
   * Throws a UserError with every fault. What was accepted once needs no trial of its chains, which is most of the time
   * that a start with many APIs would take.
   */
  private async compile(
    { api, secrets }: Pick<ReadDocument, "api" | "secrets">,
    checks = { schema: true, chains: true },
  ): Promise<CompiledApi> {
    const { catalog, defaults, deployments, checkChain } = this.options;
    const { resolved, errors } = resolvePolicies(
      { api, secrets },
      catalog(),
      this.options.secrets.reveal,
    );
    if (errors.length > 0) throw new UserError("Configuration validation failed", errors);
    const hidden = this.withhold(resolved);
    const uses = [...secrets, ...hidden.uses];
    if (uses.length > 0 && !this.options.isFed())
      throw new UserError("Configuration validation failed", [
        { field: "spec", message: unfedMessage },
      ]);
    const { compiled, chains } = compileApi(hidden.api, { ...defaults(), policies: hidden.given });
    const collisions = deployments.collisions(compiled);
    if (collisions.length > 0)
      throw new UserError("Routes collide with those of another API", collisions);
    try {
      if (checks.schema) deployments.check(compiled);
    } catch (error) {
      this.options.meters?.count("translation_errors_total");
      throw new UserError("Envoy cannot take this configuration", [
        { field: "spec", message: reason(error) },
      ]);
    }
    if (checks.chains) await refuseBadChains(chains, (chain) => checkChain(chain, uses));
    return { ...compiled, secrets: uses };
  }

  /** What is secret in the clear becomes references, unless that is not wanted. */
  private withhold(api: RestApi) {
    const { catalog, defaults, secrets } = this.options;
    const given = defaults().policies;
    if (secrets.entryOf === null) return { api, given, uses: [] };
    const hidden = withhold(api, given, catalog(), secrets.entryOf);
    if (hidden.errors.length > 0)
      throw new UserError("Configuration validation failed", hidden.errors);
    return hidden;
  }

  private labelOf({ kind }: Artifact): string {
    return this.kinds.find((row) => row.kind === kind)?.label ?? kind;
  }

  private documents(): { handle: string; document: ReadDocument }[] {
    return [...this.artifacts.values()].map(({ handle, kind, source }) => {
      const known = this.kinds.find((row) => row.kind === kind)!;
      return { handle, document: this.read(known, JSON.parse(source)) };
    });
  }

  private read(kind: ResourceKind, source: unknown): ReadDocument {
    return readDocument(kind, source, this.options.secrets.templates);
  }

  /** Secrets first: an Envoy must not get a chain whose secrets it cannot. */
  private apply(changes: Parameters<Deployments["apply"]>[0]): void {
    const { deployments, secrets, meters } = this.options;
    const start = performance.now();
    for (const { name, deployed } of changes) secrets.use(name, deployed?.compiled.secrets ?? []);
    deployments.apply(changes);
    meters?.count("snapshot_generation_total");
    meters?.time("snapshot_generation_duration_seconds", performance.now() - start);
  }

  /** Null, with a problem noted, when a stored document cannot be built any more. */
  private async compileStored(kind: ResourceKind, handle: string, source: string, schema = true) {
    try {
      return await this.compile(this.read(kind, JSON.parse(source)), { schema, chains: false });
    } catch (error) {
      const revision = this.artifacts.get(handle)?.revision ?? 0;
      const words =
        error instanceof UserError && error.fields.length > 0
          ? error.fields.map(({ field, message }) => `${field} ${message}`).join("; ")
          : reason(error);
      this.problems.set(handle, { revision, reason: words });
      this.options.meters?.count("translation_errors_total");
      return (await this.earlier(handle, revision))?.compiled ?? null;
    }
  }
}

const unfedMessage =
  "has secrets, and the module that serves was built without the feed that brings them: build it of two policies or more";
