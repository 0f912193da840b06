/**
 * What is served of each document: its newest revision, or, where that cannot be built or an Envoy refuses it, the last one
 * that was taken everywhere; then it is noted why. Other APIs never notice.
 */
import { reason, UserError } from "../errors.ts";
import type { ResourceKind } from "../model/index.ts";
import type { Artifact, Store } from "../store/store.ts";
import type { CompiledApi } from "../translate/compile.ts";
import type { DeltaStream } from "../xds/stream.ts";
import { checksOfStored, type Compiler, type CompilerOptions } from "./compiler.ts";
import type { Documents } from "./documents.ts";
import { Proof } from "./proof.ts";
import type { Deployed, Deployments } from "./resources/deployments.ts";
import type { ApiProblem } from "./status/of-api.ts";

export interface ServingOptions extends CompilerOptions {
  store: Store;
  documents: Documents;
  compiler: Compiler;
  problems: Map<string, ApiProblem>;
  streams: () => DeltaStream[];
  /** Whether every connected Envoy serves what it should have of an API. */
  isServed: (handle: string) => boolean;
  /** Called when an API is to be served anew, or no more. */
  touched?: (handle: string) => void;
  log?: (line: string) => void;
}

export class Serving {
  private readonly proof: Proof;

  constructor(private readonly options: ServingOptions) {
    this.proof = new Proof({
      ...options,
      takeBack: (handle, message) => this.takeBack(handle, message),
      place: (name, deployed) => this.apply([{ name, deployed }]),
      changedAt: (handle) => options.documents.get(handle)?.updated_at ?? "",
    });
  }

  /** Looks at what the Envoys said: proves what they took, takes back what they refused. */
  review(): Promise<void> {
    return this.proof.review();
  }

  /** A document that was just written, and what it became. */
  deploy(artifact: Artifact, compiled: CompiledApi): void {
    const { handle, revision } = artifact;
    this.options.documents.set(artifact);
    this.options.problems.delete(handle);
    this.serve(handle, { compiled, revision });
  }

  /** A document that another controller has written. */
  async take(kind: ResourceKind, artifact: Artifact): Promise<void> {
    this.options.documents.set(artifact);
    const built = await this.build(kind, artifact);
    if (built) this.serve(artifact.handle, built);
  }

  forget(handle: string): void {
    const { documents, problems, touched } = this.options;
    documents.delete(handle);
    problems.delete(handle);
    this.proof.forget(handle);
    touched?.(handle);
    this.apply([{ name: handle, deployed: null }]);
  }

  /**
   * Builds stored documents anew. Whether Envoy's schema allows them is seen when they are applied; only if not, each is
   * asked for itself.
   */
  async load(kind: ResourceKind, artifacts: readonly Artifact[], schema = false): Promise<void> {
    const changes: Parameters<Deployments["apply"]>[0] = [];
    for (const artifact of artifacts) {
      const deployed = await this.build(kind, artifact, schema);
      if (deployed) changes.push({ name: artifact.handle, deployed });
    }
    try {
      this.apply(changes);
    } catch (error) {
      if (schema) throw error;
      return this.load(kind, artifacts, true);
    }
    for (const { name } of changes) this.proof.await(name, false);
  }

  private serve(handle: string, deployed: Deployed): void {
    this.proof.await(handle, true);
    this.options.touched?.(handle);
    this.apply([{ name: handle, deployed }]);
  }

  private async takeBack(handle: string, message: string): Promise<void> {
    const { deployments, problems, touched, log } = this.options;
    const refused = deployments.get(handle);
    if (!refused) return;
    this.proof.refuse(handle, refused.revision);
    const good = this.proof.lastGood(handle);
    const fallback = good ?? (await this.earlier(handle, refused.revision));
    if (fallback && !good) this.proof.await(handle, false);
    problems.set(handle, { revision: refused.revision, reason: message });
    touched?.(handle);
    log?.(`${handle}: revision ${refused.revision} was refused: ${message}`);
    this.apply([{ name: handle, deployed: fallback }]);
  }

  /** Null, with a problem noted, when neither a stored document nor one before it can be built any more. */
  private async build(
    kind: ResourceKind,
    { handle, revision, source }: Artifact,
    schema = true,
  ): Promise<Deployed | null> {
    const { problems, touched, meters } = this.options;
    if (this.proof.isRefused(handle, revision)) return this.earlier(handle, revision);
    try {
      const compiled = await this.compile(kind, source, schema);
      problems.delete(handle);
      return { compiled, revision };
    } catch (error) {
      problems.set(handle, { revision, reason: wordsOf(error) });
      touched?.(handle);
      meters?.count("translation_errors_total");
      return this.earlier(handle, revision);
    }
  }

  /** The newest revision before one that is no good. */
  private async earlier(handle: string, before: number): Promise<Deployed | null> {
    const kind = this.options.documents.kindOf(handle);
    if (!kind) return null;
    for (const { revision, source } of await this.options.store.revisions(kind.kind, handle)) {
      if (revision >= before) continue;
      try {
        return { revision, compiled: await this.compile(kind, source) };
      } catch {
        // Neither does this one build any more; the one before may.
      }
    }
    return null;
  }

  private compile(kind: ResourceKind, source: string, schema = true): Promise<CompiledApi> {
    const { compiler } = this.options;
    return compiler.compile(compiler.read(kind, JSON.parse(source)), { ...checksOfStored, schema });
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
