/** What one Envoy holds of what it was offered, and what it refuses: as it acknowledged, or as a witness saw. */
import type { Offer } from "../cache.ts";
import { KindState, type Rejection } from "./kind-state.ts";
import { kinds, type Kind } from "../kinds.ts";
import type { Report } from "../wire.ts";

/** Told what an Envoy acknowledged, or with `null` what it has no more. */
export type Witness = (kind: Kind, name: string, version: string | null) => void;

export interface HoldingsOptions {
  /** Called when the Envoy answered, so that a status can be told. */
  answered?(): void;
  refused?(rejection: Rejection): void;
}

export class Holdings {
  protected readonly states = Object.fromEntries(
    kinds.map(({ name }) => [name, new KindState()]),
  ) as Record<Kind, KindState>;
  private witness: Witness | null = null;

  constructor(
    protected readonly cache: Offer,
    private readonly told: HoldingsOptions,
  ) {}

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
    this.see(kind, name, version);
    this.states[kind].rejected.delete(name);
    this.told.answered?.();
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

  protected acknowledge(kind: Kind, name: string, version: string | null): void {
    if (this.witness) this.witness(kind, name, version);
    else {
      this.see(kind, name, version);
      if (version !== null) this.states[kind].rejected.delete(name);
    }
  }

  protected refuse(rejection: Rejection): void {
    this.states[rejection.kind].rejected.set(rejection.name, rejection);
    this.told.refused?.(rejection);
  }

  /** What an agent tells that its Envoy was seen to serve, or why it does not. */
  protected takeReport({ everything, gone, served, refusal }: Report): void {
    if (!this.witness) this.witnessedBy(() => {});
    if (everything)
      for (const { name } of kinds)
        for (const map of [this.states[name].held, this.states[name].rejected]) map.clear();
    for (const { kind, name } of gone) this.see(kind, name, null);
    for (const { kind, name, version } of served) {
      this.see(kind, name, version);
      this.states[kind].rejected.delete(name);
    }
    if (refusal) this.refuse(refusal);
  }

  private see(kind: Kind, name: string, version: string | null): void {
    if (version === null) this.states[kind].held.delete(name);
    else this.states[kind].held.set(name, version);
  }
}
