/**
 * One Envoy's delta ADS stream, without the network: requests in, responses out. `Outbox` says what is sent and when.
 *
 * A refused response (NACK) that carried several resources is sent again one by one, so that only the bad one stays
 * behind; that version of it is not sent again. A module is always sent alone, because Envoy ignores an identical one
 * after refusing it.
 */
import type { Measured } from "../canary/counters.ts";
import type { Changed, Offer } from "./cache.ts";
import { Holdings, type HoldingsOptions } from "./stream/holdings.ts";
import type { Kind } from "./kinds.ts";
import { Outbox, type OutboxOptions } from "./stream/outbox.ts";
import {
  kindOf,
  measuredType,
  readMeasured,
  readReport,
  servedType,
  type DeltaRequest,
} from "./wire.ts";

export type { Rejection } from "./stream/kind-state.ts";
export type { Witness } from "./stream/holdings.ts";

export interface StreamOptions extends HoldingsOptions, OutboxOptions {
  /** Who it is, whatever it says itself. */
  nodeId?: string;
}

/** Characters: some ten times of what 10,000 APIs take. */
const maxNamed = 64 * 1_048_576;

export class DeltaStream extends Holdings {
  nodeId: string;
  /** How its requests end, when it was said last. */
  measured: Measured | null = null;
  private readonly outbox: Outbox;
  /** Characters of names and versions that came, or of those that are kept. */
  private named = 0;

  constructor(
    cache: Offer,
    private readonly options: StreamOptions,
  ) {
    super(cache, options);
    this.nodeId = options.nodeId ?? "";
    this.outbox = new Outbox(this.states, cache, options);
  }

  /** Whether it is an agent that follows. */
  get isAgent(): boolean {
    return this.outbox.keepsOrder;
  }

  /** False when it names more than is kept for one gateway. */
  receive(request: DeltaRequest): boolean {
    if (request.node?.id && !this.options.nodeId) this.nodeId = request.node.id;
    if (!this.hasRoomFor(request)) return false;
    if (request.typeUrl === measuredType) {
      this.measured = { counters: readMeasured(request), at: performance.now() };
      return true;
    }
    const kind = kindOf(request.typeUrl);
    if (request.typeUrl === servedType) {
      this.outbox.keepsOrder = true;
      this.takeReport(readReport(request));
    } else if (kind) {
      if (request.responseNonce) this.answer(kind, request);
      this.subscribe(kind, request);
    } else return true;
    this.outbox.flush();
    this.options.answered?.();
    return true;
  }

  changed(changes: readonly Changed[]): void {
    for (const { kind, name } of changes) {
      const state = this.states[kind];
      if (state.wants(name)) state.pending.add(name);
    }
    this.outbox.flush();
  }

  close(): void {
    this.outbox.close();
  }

  /** Counts what comes, and what is kept only when that might be too much. */
  private hasRoomFor(request: DeltaRequest): boolean {
    const coming =
      lengthOf(request.resourceNamesSubscribe) +
      lengthOf(Object.entries(request.initialResourceVersions).flat());
    this.named += coming;
    if (this.named > maxNamed)
      this.named = Object.values(this.states).reduce((sum, { size }) => sum + size, coming);
    return this.named <= maxNamed;
  }

  private answer(kind: Kind, { responseNonce, errorDetail }: DeltaRequest): void {
    const sent = this.outbox.answered(kind, responseNonce);
    if (!sent) return;
    const state = this.states[kind];
    for (const name of sent.removed) this.acknowledge(kind, name, null);
    for (const [name, version] of sent.versions) {
      if (!errorDetail) {
        this.acknowledge(kind, name, version);
      } else if (sent.versions.size > 1) {
        state.sent.delete(name);
        state.alone.add(name);
      } else {
        this.refuse({ kind, name, version, message: errorDetail.message });
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
        this.acknowledge(kind, name, version);
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
      this.acknowledge(kind, name, null);
    }
  }

  private subscribeAll(kind: Kind): void {
    this.states[kind].wildcard = true;
    for (const name of this.cache.names(kind)) this.states[kind].pending.add(name);
  }
}

const lengthOf = (texts: readonly string[]): number =>
  texts.reduce((sum, text) => sum + text.length, 0);
