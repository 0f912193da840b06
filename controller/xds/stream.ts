/**
 * One Envoy's delta ADS stream, without the network: requests in, responses out.
 *
 * Make before break: resources are sent stage by stage, a stage only when what was sent before it is answered; then what
 * is gone is taken away in the opposite order. Envoy answers for a cluster when it has warmed, so a route
 * never arrives before its cluster can serve. `patienceMs` bounds that wait, so that an upstream whose name does not
 * resolve holds up nobody else. While an answer is awaited further changes coalesce: only the last state is sent.
 *
 * A refused response (NACK) that carried several resources is sent again one by one, so that only the bad one stays
 * behind; that version of it is not sent again. A module is always sent alone, because Envoy ignores an identical one
 * after refusing it.
 */
import { kinds, stages, type Kind } from "./kinds.ts";
import { typeUrlPrefix } from "./protos.ts";
import type { Changed, Resource, ResourceCache } from "./cache.ts";

export interface DeltaRequest {
  node?: { id: string } | undefined;
  typeUrl: string;
  resourceNamesSubscribe: string[];
  resourceNamesUnsubscribe: string[];
  initialResourceVersions: Record<string, string>;
  responseNonce: string;
  errorDetail?: { message: string } | undefined;
}

export interface DeltaResponse {
  kind: Kind;
  nonce: string;
  resources: { name: string; resource: Resource }[];
  removed: string[];
}

export interface Rejection {
  kind: Kind;
  name: string;
  version: string;
  message: string;
}

interface Sent {
  kind: Kind;
  at: number;
  versions: Map<string, string>;
  removed: string[];
}

class KindState {
  subscribed = false;
  wildcard = false;
  /** Whether anything was sent yet: who asks for everything waits for an answer, be it empty. */
  spoken = false;
  readonly names = new Set<string>();
  /** Versions the Envoy has acknowledged; a name it was told does not exist has none. */
  readonly held = new Map<string, string>();
  /** What was sent last, acknowledged or not. */
  readonly sent = new Map<string, string>();
  readonly rejected = new Map<string, Rejection>();
  /** Names that may differ from what was sent. */
  readonly pending = new Set<string>();
  /** Names to send each in a response of its own. */
  readonly alone = new Set<string>();

  wants(name: string): boolean {
    return this.wildcard || this.names.has(name);
  }
}

/** Keeps a response well under what Envoy takes in one event-loop turn. */
const resourcesPerResponse = 256;
const absent = "";

export interface StreamOptions {
  send(response: DeltaResponse): void;
  /** Called when the Envoy answered, so that a status can be told. */
  answered?(): void;
  patienceMs?: number;
  now?(): number;
  /** Calls `run` after `ms`; returns a function that cancels. */
  later?(run: () => void, ms: number): () => void;
}

export class DeltaStream {
  nodeId = "";
  private readonly states = Object.fromEntries(
    kinds.map(({ name }) => [name, new KindState()]),
  ) as Record<Kind, KindState>;
  private readonly inFlight = new Map<string, Sent>();
  private nonce = 0;
  private cancelTimer: (() => void) | null = null;
  private closed = false;

  constructor(
    private readonly cache: ResourceCache,
    private readonly options: StreamOptions,
  ) {}

  /** The version of a resource that this Envoy acknowledged last. */
  held(kind: Kind, name: string): string | undefined {
    return this.states[kind].held.get(name);
  }

  /** Why this Envoy refused the current version of a resource, if it did. */
  rejection(kind: Kind, name: string): Rejection | undefined {
    const rejection = this.states[kind].rejected.get(name);
    return rejection?.version === this.cache.get(kind, name)?.version ? rejection : undefined;
  }

  /** All that this Envoy refuses of what it should have now. */
  rejections(): Rejection[] {
    return kinds.flatMap(({ name: kind }) =>
      [...this.states[kind].rejected.keys()].flatMap((name) => this.rejection(kind, name) ?? []),
    );
  }

  wants(kind: Kind, name: string): boolean {
    return this.states[kind].wants(name);
  }

  receive(request: DeltaRequest): void {
    if (request.node?.id) this.nodeId = request.node.id;
    const kind = kindOf(request.typeUrl);
    if (!kind) return;
    if (request.responseNonce) this.answer(kind, request);
    this.subscribe(kind, request);
    this.flush();
    this.options.answered?.();
  }

  changed(changes: readonly Changed[]): void {
    for (const { kind, name } of changes) {
      const state = this.states[kind];
      if (state.wants(name)) state.pending.add(name);
    }
    this.flush();
  }

  close(): void {
    this.closed = true;
    this.cancelTimer?.();
  }

  private answer(kind: Kind, { responseNonce, errorDetail }: DeltaRequest): void {
    const sent = this.inFlight.get(responseNonce);
    if (!sent || sent.kind !== kind) return;
    this.inFlight.delete(responseNonce);
    const state = this.states[kind];
    for (const name of sent.removed) state.held.delete(name);
    for (const [name, version] of sent.versions) {
      if (!errorDetail) {
        state.held.set(name, version);
        state.rejected.delete(name);
      } else if (sent.versions.size > 1) {
        state.sent.delete(name);
        state.alone.add(name);
      } else {
        state.rejected.set(name, { kind, name, version, message: errorDetail.message });
      }
    }
  }

  private subscribe(kind: Kind, request: DeltaRequest): void {
    const state = this.states[kind];
    const first = !state.subscribed;
    state.subscribed = true;
    if (first) {
      for (const [name, version] of Object.entries(request.initialResourceVersions)) {
        state.sent.set(name, version);
        state.held.set(name, version);
        state.pending.add(name);
      }
      if (request.resourceNamesSubscribe.length === 0) this.subscribeAll(kind);
    }
    for (const name of request.resourceNamesSubscribe) {
      if (name === "*") this.subscribeAll(kind);
      else {
        state.names.add(name);
        if (!(first && name in request.initialResourceVersions)) state.sent.delete(name);
        state.pending.add(name);
      }
    }
    for (const name of request.resourceNamesUnsubscribe) {
      if (name === "*") state.wildcard = false;
      state.names.delete(name);
      if (!state.wants(name)) for (const map of [state.sent, state.held]) map.delete(name);
    }
  }

  private subscribeAll(kind: Kind): void {
    this.states[kind].wildcard = true;
    for (const name of this.cache.names(kind)) this.states[kind].pending.add(name);
  }

  private flush(): void {
    if (this.closed) return;
    for (const stage of stages) {
      for (const kind of stage) this.sendAdditions(kind);
      if (stage.some((kind) => this.waiting(kind))) return this.retryLater();
    }
    for (const stage of [...stages].reverse()) {
      for (const kind of stage) this.sendRemovals(kind);
      if (stage.some((kind) => this.waiting(kind))) return this.retryLater();
    }
  }

  private sendAdditions(kind: Kind): void {
    const state = this.states[kind];
    for (const name of state.alone) {
      state.alone.delete(name);
      const resource = this.toSend(kind, name);
      if (resource) this.send(kind, [{ name, resource }], []);
    }
    while (!this.waiting(kind)) {
      const resources: DeltaResponse["resources"] = [];
      const size = kind === "extension" ? 1 : resourcesPerResponse;
      for (const name of state.pending) {
        if (resources.length === size) break;
        const resource = this.toSend(kind, name);
        if (resource) resources.push({ name, resource });
        // A name that is gone stays pending until the removals' turn.
        if (resource || this.cache.get(kind, name)) state.pending.delete(name);
      }
      if (resources.length === 0 && (state.spoken || !state.wildcard)) return;
      this.send(kind, resources, []);
    }
  }

  private toSend(kind: Kind, name: string): Resource | null {
    const state = this.states[kind];
    const resource = this.cache.get(kind, name);
    if (!resource || !state.wants(name)) return null;
    if (state.sent.get(name) === resource.version) return null;
    if (state.rejected.get(name)?.version === resource.version) return null;
    return resource;
  }

  private sendRemovals(kind: Kind): void {
    const state = this.states[kind];
    const known = (name: string) =>
      state.names.has(name) ? state.sent.get(name) !== absent : state.sent.has(name);
    const removed = [...state.pending].filter((name) => !this.cache.get(kind, name) && known(name));
    state.pending.clear();
    if (removed.length > 0) this.send(kind, [], removed);
  }

  private send(kind: Kind, resources: DeltaResponse["resources"], removed: string[]): void {
    const state = this.states[kind];
    state.spoken = true;
    const nonce = String(++this.nonce);
    const versions = new Map(resources.map(({ name, resource }) => [name, resource.version]));
    for (const [name, version] of versions) state.sent.set(name, version);
    for (const name of removed) {
      // Asked for by name: remembered as absent, so that the answer "there is none" is given once.
      if (state.names.has(name)) state.sent.set(name, absent);
      else state.sent.delete(name);
    }
    this.inFlight.set(nonce, { kind, at: this.now(), versions, removed });
    this.options.send({ kind, nonce, resources, removed });
  }

  private waiting(kind: Kind): boolean {
    const oldest = this.now() - this.patienceMs;
    for (const sent of this.inFlight.values())
      if (sent.kind === kind && sent.at > oldest) return true;
    return false;
  }

  private retryLater(): void {
    if (this.cancelTimer) return;
    const later = this.options.later ?? afterTimeout;
    this.cancelTimer = later(() => {
      this.cancelTimer = null;
      this.flush();
    }, this.patienceMs);
  }

  private get patienceMs(): number {
    return this.options.patienceMs ?? 1_000;
  }

  private now(): number {
    return this.options.now?.() ?? performance.now();
  }
}

const kindOf = (typeUrl: string): Kind | undefined =>
  kinds.find(({ message }) => typeUrl === typeUrlPrefix + message)?.name;

function afterTimeout(run: () => void, ms: number): () => void {
  const timer = setTimeout(run, ms);
  return () => clearTimeout(timer);
}
