/**
 * The control plane: documents come in, are checked, stored and become resources; what every Envoy makes of them comes
 * back as a status that tells the truth.
 *
 * A revision that cannot be built or that an Envoy refuses is taken back: the last one that was taken everywhere stays,
 * and the status says why. Other APIs never notice.
 */
import { reason, UserError, type FieldError } from "../errors.ts";
import type { ReadDocument, ResourceKind } from "../model/index.ts";
import type { RestApi } from "../model/rest-api.ts";
import { preview } from "../store/preview.ts";
import { Conflict, type Artifact, type Store } from "../store/store.ts";
import type { CompiledApi } from "../translate/compile.ts";
import type { OwnPolicy } from "../translate/own-policies.ts";
import type { DeltaStream } from "../xds/stream.ts";
import {
  checksOfCandidate,
  checksOfStored,
  Compiler,
  type Candidate,
  type CompilerOptions,
} from "./compiler.ts";
import { Documents } from "./documents.ts";
import { usedPolicies } from "./policies/used.ts";
import { Proof } from "./proof.ts";
import type { Deployed, Deployments } from "./resources/deployments.ts";
import type { Told } from "./status/shared.ts";
import { maskSecrets } from "./secrets/mask.ts";
import {
  gatewaysOf,
  isServed,
  settledAs,
  type ApiProblem,
  type ApiStatus,
  type GatewayStatus,
  type Settled,
} from "./status/of-api.ts";

export interface ControlOptions extends CompilerOptions {
  kinds: readonly ResourceKind[];
  store: Store;
  /** The gateway's, as it was told them. */
  ownPolicies: readonly OwnPolicy[];
  streams: () => DeltaStream[];
  /** What gateways of other controllers serve, by handle and what each should have. */
  elsewhere?: (wanted: ReadonlyMap<string, string>) => Promise<Map<string, GatewayStatus[]>>;
  /** Called when an API is to be served anew, or no more. */
  touched?: (handle: string) => void;
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
/** So many are looked at before others have a turn. */
const readWithoutRest = 50;

export class Control {
  private readonly documents: Documents;
  private readonly compiler: Compiler;
  private readonly proof: Proof;
  /** Why the newest revision of an API is not the one that is served. */
  private readonly problems = new Map<string, ApiProblem>();
  private writing: Promise<unknown> = Promise.resolve();

  constructor(private readonly options: ControlOptions) {
    this.documents = new Documents(options.kinds);
    this.compiler = new Compiler(options);
    this.proof = new Proof({
      ...options,
      isServed: (handle) => this.status(handle).gateways.every(isServed),
      takeBack: (handle, message) => this.takeBack(handle, message),
      place: (name, deployed) => this.apply([{ name, deployed }]),
      changedAt: (handle) => this.documents.get(handle)?.updated_at ?? "",
    });
  }

  /** Reads the documents of the store. */
  async read(): Promise<void> {
    for (const { kind } of this.kinds)
      for (const artifact of await this.options.store.artifacts(kind)) this.documents.set(artifact);
  }

  /**
   * Builds everything anew, for settings or policies that changed; what is the same afterwards is not pushed. The first
   * time no Envoy may be connected yet: it would see a part.
   */
  async recompile(): Promise<void> {
    for (const kind of this.kinds) {
      const artifacts = this.list(kind);
      for (let at = 0; at < artifacts.length; at += loadedAtOnce)
        await this.loadSome(kind, artifacts.slice(at, at + loadedAtOnce));
    }
  }

  /** Checks a document and, unless it is a dry run, stores and deploys it. */
  put(kind: ResourceKind, source: unknown, mode: WriteMode, dryRun = false): Promise<Accepted> {
    return this.exclusively(async () => {
      const read = this.compiler.read(kind, source);
      const { api, warnings, source: document } = read;
      if ("replace" in mode && api.name !== mode.replace)
        throw new UserError(`metadata.name must equal the handle in the URL`, [
          { field: "metadata.name", message: `must be '${mode.replace}', found '${api.name}'` },
        ]);
      const compiled = await this.compiler.compile(read);
      const existing = this.get(api.name);
      if (existing && ("create" in mode || existing.kind !== kind.kind)) {
        const label = this.documents.kindOf(api.name)?.label ?? existing.kind;
        throw new Conflict("handle", `${label} with handle '${api.name}' already exists`);
      }
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

  /** First in every chain. */
  get ownPolicies(): readonly OwnPolicy[] {
    return this.options.ownPolicies;
  }

  /** Of any kind unless told which. */
  get(handle: string, kind?: ResourceKind): Artifact | undefined {
    return this.documents.get(handle, kind);
  }

  byUuid(uuid: string): Artifact | undefined {
    return this.documents.byUuid(uuid);
  }

  list(kind: ResourceKind): Artifact[] {
    return this.documents.list(kind);
  }

  /** At the gateways that follow this controller. */
  status(handle: string): ApiStatus {
    const { deployments, streams } = this.options;
    const problem = this.problems.get(handle) ?? null;
    const revision = this.get(handle)?.revision ?? 0;
    return {
      gateways: gatewaysOf({ handle, revision, problem, deployments, streams: streams() }),
      problem,
    };
  }

  /** At the gateways of all controllers, in the order of the handles. */
  async statuses(handles: readonly string[]): Promise<ApiStatus[]> {
    const wanted = new Map(handles.map((handle) => [handle, this.wanted(handle)]));
    const elsewhere = await this.options.elsewhere?.(wanted);
    return handles.map((handle) => {
      const { gateways, problem } = this.status(handle);
      const others = elsewhere?.get(handle) ?? [];
      const refused = others.find(({ state }) => state === "refused");
      const theirs = refused && {
        revision: this.get(handle)?.revision ?? 0,
        reason: refused.reason ?? "",
      };
      return { gateways: [...gateways, ...others], problem: problem ?? theirs ?? null };
    });
  }

  /** Whether every connected Envoy serves the newest revision, whichever controller it follows. */
  async settled(handle: string): Promise<Settled> {
    const [status] = await this.statuses([handle]);
    return status!.problem !== null ? "refused" : settledAs(status!.gateways);
  }

  handles(): string[] {
    return this.documents.all().map(({ handle }) => handle);
  }

  /** For other controllers: what should be served of an API, and what the gateways here make of it. */
  told(handle: string): Told {
    return { wanted: this.wanted(handle), gateways: this.status(handle).gateways };
  }

  /** The same text on every controller, empty for none. */
  private wanted(handle: string): string {
    const artifact = this.get(handle);
    return artifact ? `${artifact.uuid}@${artifact.revision}` : "";
  }

  /** What an API became: what Envoys are given of it. */
  compiled(handle: string): CompiledApi | null {
    return this.options.deployments.get(handle)?.compiled ?? null;
  }

  /** The names of what an API is made of. */
  resourcesOf(handle: string): { routes: string[]; clusters: string[] } {
    return this.options.deployments.resourcesOf(handle);
  }

  /** A document as lists and logs may show it. */
  masked(document: unknown): unknown {
    return maskSecrets(document, this.options.catalog());
  }

  /** What is served now and could not be with other policies; for a module before it serves. */
  async misfits(candidate: Candidate): Promise<FieldError[]> {
    const compiler = new Compiler({ ...this.options, ...candidate });
    const misfits: FieldError[] = [];
    for (const [i, { handle, source }] of this.documents.all().entries()) {
      if (i % readWithoutRest === 0) await new Promise(setImmediate);
      const read = compiler.read(this.documents.kindOf(handle)!, JSON.parse(source));
      try {
        await compiler.compile(read, checksOfCandidate);
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
        // What the policies that serve cannot build either, others do not take away.
        if (!(await this.canBuild(read))) continue;
        for (const { field, message } of error.fields)
          misfits.push({ field: `${handle}: ${field}`, message });
      }
    }
    return misfits;
  }

  /** The policies that some document or the gateway itself names. */
  used(): Set<string> {
    const apis = this.readAll().map(({ document }) => document.api);
    return usedPolicies(apis, this.options.defaults().policies, this.options.catalog());
  }

  /** Takes over what another controller wrote. */
  reload(handle: string, kind: ResourceKind): Promise<void> {
    return this.exclusively(async () => {
      const artifact = await this.options.store.artifact(kind.kind, handle);
      if (!artifact) return this.forget(handle);
      this.documents.set(artifact);
      const built = await this.build(kind, artifact);
      if (built) this.serve(handle, built);
    });
  }

  /** Looks at what the Envoys said: proves what they took, takes back what they refused. */
  review(): Promise<void> {
    return this.proof.review();
  }

  /** Whether Envoy's schema allows them is seen when they are applied; only if not, each is asked for itself. */
  private async loadSome(kind: ResourceKind, artifacts: Artifact[], schema = false): Promise<void> {
    const changes: Parameters<Deployments["apply"]>[0] = [];
    for (const artifact of artifacts) {
      const { handle } = artifact;
      const deployed = await this.build(kind, artifact, schema);
      if (deployed) changes.push({ name: handle, deployed });
    }
    try {
      this.apply(changes);
    } catch (error) {
      if (schema) throw error;
      return this.loadSome(kind, artifacts, true);
    }
    for (const { name } of changes) this.proof.await(name, false);
  }

  private deploy(artifact: Artifact, compiled: CompiledApi): void {
    const { handle, revision } = artifact;
    this.documents.set(artifact);
    this.problems.delete(handle);
    this.serve(handle, { compiled, revision });
  }

  private serve(handle: string, deployed: Deployed): void {
    this.proof.await(handle, true);
    this.options.touched?.(handle);
    this.apply([{ name: handle, deployed }]);
  }

  private forget(handle: string): void {
    this.documents.delete(handle);
    this.problems.delete(handle);
    this.proof.forget(handle);
    this.options.touched?.(handle);
    this.apply([{ name: handle, deployed: null }]);
  }

  private async takeBack(handle: string, message: string): Promise<void> {
    const refused = this.options.deployments.get(handle);
    if (!refused) return;
    this.proof.refuse(handle, refused.revision);
    const good = this.proof.lastGood(handle);
    const fallback = good ?? (await this.earlier(handle, refused.revision));
    if (fallback && !good) this.proof.await(handle, false);
    this.problems.set(handle, { revision: refused.revision, reason: message });
    this.options.touched?.(handle);
    this.options.log?.(`${handle}: revision ${refused.revision} was refused: ${message}`);
    this.apply([{ name: handle, deployed: fallback }]);
  }

  /** Null, with a problem noted, when neither a stored document nor one before it can be built any more. */
  private async build(
    kind: ResourceKind,
    { handle, revision, source }: Artifact,
    schema = true,
  ): Promise<Deployed | null> {
    if (this.proof.isRefused(handle, revision)) return this.earlier(handle, revision);
    try {
      const compiled = await this.compileStored(kind, source, schema);
      this.problems.delete(handle);
      return { compiled, revision };
    } catch (error) {
      this.problems.set(handle, { revision, reason: wordsOf(error) });
      this.options.touched?.(handle);
      this.options.meters?.count("translation_errors_total");
      return this.earlier(handle, revision);
    }
  }

  /** The newest revision before one that is no good. */
  private async earlier(handle: string, before: number): Promise<Deployed | null> {
    const kind = this.documents.kindOf(handle);
    if (!kind) return null;
    for (const { revision, source } of await this.options.store.revisions(kind.kind, handle)) {
      if (revision >= before) continue;
      try {
        return { revision, compiled: await this.compileStored(kind, source) };
      } catch {
        // Neither does this one build any more; the one before may.
      }
    }
    return null;
  }

  private compileStored(kind: ResourceKind, source: string, schema = true): Promise<CompiledApi> {
    const read = this.compiler.read(kind, JSON.parse(source));
    return this.compiler.compile(read, { ...checksOfStored, schema });
  }

  private async canBuild(read: ReadDocument): Promise<boolean> {
    const checks = { ...checksOfStored, schema: false };
    return this.compiler.compile(read, checks).then(
      () => true,
      () => false,
    );
  }

  private readAll(): { handle: string; document: ReadDocument }[] {
    return this.documents.all().map(({ handle, source }) => {
      const kind = this.documents.kindOf(handle)!;
      return { handle, document: this.compiler.read(kind, JSON.parse(source)) };
    });
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
}

const wordsOf = (error: unknown): string =>
  error instanceof UserError && error.fields.length > 0
    ? error.fields.map(({ field, message }) => `${field} ${message}`).join("; ")
    : reason(error);
