/**
 * What is sent to one Envoy, and when.
 *
 * Make before break: resources are sent stage by stage, a stage only when what was sent before it is answered; then what
 * is gone is taken away in the opposite order. Envoy answers for a cluster when it has warmed, so a route
 * never arrives before its cluster can serve. `patienceMs` bounds that wait, so that an upstream whose name does not
 * resolve holds up nobody else. While an answer is awaited further changes coalesce: only the last state is sent.
 */
import type { Offer, Resource } from "../cache.ts";
import type { KindState } from "./kind-state.ts";
import { stages, type Kind } from "../kinds.ts";
import type { DeltaResponse } from "../wire.ts";

export interface Sent {
  kind: Kind;
  at: number;
  versions: Map<string, string>;
  removed: string[];
}

export interface OutboxOptions {
  send(response: DeltaResponse): void;
  /** Called when there is nothing more to send. */
  settled?(): void;
  patienceMs?: number;
  now?(): number;
  /** Calls `run` after `ms`; returns a function that cancels. */
  later?(run: () => void, ms: number): () => void;
}

/** Keeps a response well under what Envoy takes in one event-loop turn. */
const resourcesPerResponse = 256;
const absent = "";

export class Outbox {
  /** Whether the other side brings its Envoy in order what it was sent in order, so that no answer is awaited. */
  keepsOrder = false;
  private readonly inFlight = new Map<string, Sent>();
  private nonce = 0;
  private cancelTimer: (() => void) | null = null;
  private closed = false;

  constructor(
    private readonly states: Readonly<Record<Kind, KindState>>,
    private readonly cache: Offer,
    private readonly options: OutboxOptions,
  ) {}

  /** What was sent under a nonce; it is answered now. */
  answered(kind: Kind, nonce: string): Sent | null {
    const sent = this.inFlight.get(nonce);
    if (sent?.kind !== kind) return null;
    this.inFlight.delete(nonce);
    return sent;
  }

  flush(): void {
    if (this.closed) return;
    for (const stage of stages) {
      for (const kind of stage) this.sendAdditions(kind);
      if (stage.some((kind) => this.waiting(kind))) return this.retryLater();
    }
    for (const stage of [...stages].reverse()) {
      for (const kind of stage) this.sendRemovals(kind);
      if (stage.some((kind) => this.waiting(kind))) return this.retryLater();
    }
    this.options.settled?.();
  }

  close(): void {
    this.closed = true;
    this.cancelTimer?.();
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
    if (this.keepsOrder) return false;
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

function afterTimeout(run: () => void, ms: number): () => void {
  const timer = setTimeout(run, ms);
  return () => clearTimeout(timer);
}
