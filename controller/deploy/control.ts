/**
 * The control plane: documents come in, are checked, stored and become resources; what every Envoy makes of them comes
 * back as a status that tells the truth. How a document becomes what is served stands in `serving.ts`.
 */
import { UserError } from "../errors.ts";
import { OneByOne } from "../one-by-one.ts";
import type { ReadDocument, ResourceKind } from "../model/index.ts";
import type { RestApi } from "../model/rest-api.ts";
import { preview } from "../store/preview.ts";
import { Conflict, type Expected } from "../store/expected.ts";
import type { Artifact, Store } from "../store/store.ts";
import type { CompiledApi } from "../translate/compile.ts";
import type { OwnPolicy } from "../translate/own-policies.ts";
import type { DeltaStream } from "../xds/stream.ts";
import { Compiler, type Candidate, type CompilerOptions } from "./compiler.ts";
import { Documents } from "./documents.ts";
import { Fitting } from "./modules/fitting.ts";
import { usedPolicies } from "./policies/used.ts";
import { maskSecrets } from "./secrets/mask.ts";
import { Serving } from "./serving.ts";
import type { ApiProblem, ApiStatus, Settled } from "./status/of-api.ts";
import type { Told } from "./status/shared.ts";
import { Statuses, type StatusesOptions } from "./status/statuses.ts";

export interface ControlOptions extends CompilerOptions {
  kinds: readonly ResourceKind[];
  store: Store;
  /** The gateway's, as it was told them. */
  ownPolicies: readonly OwnPolicy[];
  streams: () => DeltaStream[];
  elsewhere?: StatusesOptions["elsewhere"];
  /** Called when an API is to be served anew, or no more. */
  touched?: (handle: string) => void;
  log?: (line: string) => void;
}

export interface Accepted {
  artifact: Artifact;
  api: RestApi;
  warnings: string[];
}

export type WriteMode = { create: true } | { replace: string; expected: Expected };

/** Enough for speed, few enough that what is thrown away between does not pile up. */
const loadedAtOnce = 250;
/** Few enough that a change, which comes between, does not notice. */
const loadedBesideChanges = 10;

export class Control {
  private readonly documents: Documents;
  private readonly compiler: Compiler;
  private readonly serving: Serving;
  private readonly states: Statuses;
  private readonly writes = new OneByOne();

  constructor(private readonly options: ControlOptions) {
    const documents = new Documents(options.kinds);
    const compiler = new Compiler(options);
    const problems = new Map<string, ApiProblem>();
    const states = new Statuses({ ...options, documents, problems });
    this.documents = documents;
    this.compiler = compiler;
    this.states = states;
    this.serving = new Serving({
      ...{ ...options, documents, compiler, problems },
      isServed: (handle) => states.isServedHere(handle),
    });
  }

  /** Reads the documents of the store. */
  async read(): Promise<void> {
    for (const { kind } of this.kinds)
      for (const artifact of await this.options.store.artifacts(kind)) this.documents.set(artifact);
  }

  /**
   * Builds everything anew, for settings or policies that changed; what is the same afterwards is not pushed. The first
   * time no Envoy may be connected yet: it would see a part. Later changes come between.
   */
  async recompile(): Promise<void> {
    const atOnce = this.options.streams().length === 0 ? loadedAtOnce : loadedBesideChanges;
    for (const kind of this.kinds) {
      const handles = this.list(kind).map(({ handle }) => handle);
      for (let at = 0; at < handles.length; at += atOnce) {
        await this.exclusively(() =>
          this.serving.load(
            kind,
            handles.slice(at, at + atOnce).flatMap((handle) => this.get(handle, kind) ?? []),
          ),
        );
        await new Promise(setImmediate);
      }
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
      const expected = "create" in mode ? "none" : mode.expected;
      if (dryRun) {
        const replaced = await this.options.store.check(write, expected);
        return { api, warnings, artifact: preview(write, replaced) };
      }
      const artifact = await this.options.store.write(write, expected);
      this.serving.deploy(artifact, compiled);
      return { api, warnings, artifact };
    });
  }

  /** False when there was none. */
  remove(kind: ResourceKind, handle: string, expected: Expected): Promise<boolean> {
    return this.exclusively(async () => {
      const removed = await this.options.store.remove(kind.kind, handle, expected);
      if (removed) this.serving.forget(handle);
      return removed;
    });
  }

  /** One write at a time, so that what is stored and what is deployed come in the same order. */
  exclusively<T>(work: () => Promise<T>): Promise<T> {
    return this.writes.run(work);
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
    return this.states.here(handle);
  }

  /** At the gateways of all controllers, in the order of the handles. */
  statuses(handles: readonly string[]): Promise<ApiStatus[]> {
    return this.states.everywhere(handles);
  }

  /** Whether every connected Envoy serves the newest revision, whichever controller it follows. */
  settled(handle: string): Promise<Settled> {
    return this.states.settled(handle);
  }

  /** For other controllers: what should be served of an API, and what the gateways here make of it. */
  told(handle: string): Told {
    return this.states.told(handle);
  }

  handles(): string[] {
    return this.documents.all().map(({ handle }) => handle);
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

  /** Tells what is served now and could not be with other policies; for a module before it serves. */
  fitting(candidate: Candidate): Fitting {
    return new Fitting({
      ...{ documents: this.documents, serving: this.compiler },
      candidate: new Compiler({ ...this.options, ...candidate }),
    });
  }

  /** The policies that some document or the gateway itself names. */
  used(): Set<string> {
    const apis = this.documents.all().flatMap((artifact) => this.readStored(artifact)?.api ?? []);
    return usedPolicies(apis, this.options.defaults().policies, this.options.catalog());
  }

  /** Takes over what another controller wrote. */
  reload(handle: string, kind: ResourceKind): Promise<void> {
    return this.exclusively(async () => {
      const artifact = await this.options.store.artifact(kind.kind, handle);
      if (artifact) await this.serving.take(kind, artifact);
      else this.serving.forget(handle);
    });
  }

  /** Looks at what the Envoys said: proves what they took, takes back what they refused. */
  review(): Promise<void> {
    return this.serving.review();
  }

  /** Null when it was written before this version, which cannot read it. */
  private readStored({ handle, source }: Artifact): ReadDocument | null {
    try {
      return this.compiler.read(this.documents.kindOf(handle)!, JSON.parse(source));
    } catch (error) {
      if (error instanceof UserError) return null;
      throw error;
    }
  }
}
