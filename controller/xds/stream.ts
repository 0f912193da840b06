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
import type { Measured } from "../canary/counters.ts";
import {
  kindOf,
  measuredType,
  readMeasured,
  readReport,
  servedType,
  type DeltaRequest,
  type DeltaResponse,
} from "./wire.ts";
import { KindState, type Rejection } from "./kind-state.ts";
import type { Changed, Offer, Resource } from "./cache.ts";

interface Sent {
  kind: Kind;
  at: number;
  versions: Map<string, string>;
  removed: string[];
}

export type { Rejection } from "./kind-state.ts";

/** Keeps a response well under what Envoy takes in one event-loop turn. */
const resourcesPerResponse = 256;
const absent = "";

/** Told what an Envoy acknowledged, or with `null` what it has no more. */
export type Witness = (kind: Kind, name: string, version: string | null) => void;

export interface StreamOptions {
  /** Who it is, whatever it says itself. */
  nodeId?: string;
  send(response: DeltaResponse): void;
  /** Called when there is nothing more to send. */
  settled?(): void;
  /** Called when the Envoy answered, so that a status can be told. */
  answered?(): void;
  refused?(rejection: Rejection): void;
  patienceMs?: number;
  now?(): number;
  /** Calls `run` after `ms`; returns a function that cancels. */
  later?(run: () => void, ms: number): () => void;
}

export class DeltaStream {
  nodeId: string;
  private readonly states = Object.fromEntries(
    kinds.map(({ name }) => [name, new KindState()]),
  ) as Record<Kind, KindState>;
  private readonly inFlight = new Map<string, Sent>();
  private nonce = 0;
  private cancelTimer: (() => void) | null = null;
  private closed = false;
  private witness: Witness | null = null;
  /** Whether it is an agent that follows. */
  isAgent = false;
  /** How its requests end, when it was said last. */
  measured: Measured | null = null;

  constructor(
    private readonly cache: Offer,
    private readonly options: StreamOptions,
  ) {
    this.nodeId = options.nodeId ?? "";
  }

  /** Whether what it holds was seen, and not only acknowledged. */
  get isWitnessed(): boolean {
    return this.witness !== null;
  }

  /** From now on an ACK is no proof: `testify` says what the Envoy holds, after the witness looked. */
  witnessedBy(witness: Witness): void {
    this.witness = witness;
    for (const { name: kind } of kinds) {
      const { held } = this.states[kind];
      const acknowledged = [...held];
      held.clear();
      for (const [name, version] of acknowledged) witness(kind, name, version);
    }
  }

  /** What the Envoy was seen to serve; `null`: no more. */
  testify(kind: Kind, name: string, version: string | null): void {
    const state = this.states[kind];
    if (version === null) state.held.delete(name);
    else state.held.set(name, version);
    state.rejected.delete(name);
    this.options.answered?.();
  }

  /** All that it holds. */
  everythingHeld(): Map<Kind, ReadonlyMap<string, string>> {
    return new Map(kinds.map(({ name }) => [name, this.states[name].held]));
  }

  /** The version of a resource that this Envoy holds: acknowledged or, with a witness, seen. */
  held(kind: Kind, name: string): string | undefined {
    return this.states[kind].held.get(name);
  }

  /** The version that it should have. */
  offered(kind: Kind, name: string): string | undefined {
    return this.cache.get(kind, name)?.version;
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
    if (request.node?.id && !this.options.nodeId) this.nodeId = request.node.id;
    if (request.typeUrl === servedType) return this.takeReport(request);
    if (request.typeUrl === measuredType)
      return void (this.measured = { counters: readMeasured(request), at: performance.now() });
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
    for (const name of sent.removed) this.hold(kind, name, null);
    for (const [name, version] of sent.versions) {
      if (!errorDetail) {
        this.hold(kind, name, version);
        if (!this.witness) state.rejected.delete(name);
      } else if (sent.versions.size > 1) {
        state.sent.delete(name);
        state.alone.add(name);
      } else {
        this.refuse({ kind, name, version, message: errorDetail.message });
      }
    }
  }

  private hold(kind: Kind, name: string, version: string | null): void {
    if (this.witness) this.witness(kind, name, version);
    else if (version === null) this.states[kind].held.delete(name);
    else this.states[kind].held.set(name, version);
  }

  private refuse(rejection: Rejection): void {
    this.states[rejection.kind].rejected.set(rejection.name, rejection);
    this.options.refused?.(rejection);
  }

  /** An agent tells what its Envoy was seen to serve, or why it does not. */
  private takeReport(request: DeltaRequest): void {
    this.isAgent = true;
    if (!this.witness) this.witnessedBy(() => {});
    const { everything, gone, served, refusal } = readReport(request);
    if (everything)
      for (const { name } of kinds)
        for (const map of [this.states[name].held, this.states[name].rejected]) map.clear();
    for (const { kind, name } of gone) this.states[kind].held.delete(name);
    for (const { kind, name, version } of served) {
      this.states[kind].held.set(name, version);
      this.states[kind].rejected.delete(name);
    }
    if (refusal) this.refuse(refusal);
    this.flush();
    this.options.answered?.();
  }

  private subscribe(kind: Kind, request: DeltaRequest): void {
    const state = this.states[kind];
    const first = !state.subscribed;
    state.subscribed = true;
    if (first) {
      for (const [name, version] of Object.entries(request.initialResourceVersions)) {
        state.sent.set(name, version);
        this.hold(kind, name, version);
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
      if (state.wants(name)) continue;
      state.sent.delete(name);
      this.hold(kind, name, null);
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
    this.options.settled?.();
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
    // It brings its Envoy in order what it was sent in order.
    if (this.isAgent) return false;
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
