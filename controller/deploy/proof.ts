/**
 * Which revisions are proven: taken by every Envoy that is connected. What is proven is kept to go back to; what an Envoy
 * refuses before it is proven is taken back.
 */
import type { Meters } from "../observe/meters.ts";
import type { DeltaStream } from "../xds/stream.ts";
import type { Deployed, Deployments } from "./resources/deployments.ts";
import { Suspects, type Shared } from "./suspects.ts";

export interface ProofOptions {
  deployments: Deployments;
  streams: () => DeltaStream[];
  /** Whether every connected Envoy serves what it should have of an API. */
  isServed: (handle: string) => boolean;
  takeBack: (handle: string, message: string) => Promise<void>;
  /** Deploys, or with `null` takes away, without another revision. */
  place: (handle: string, deployed: Deployed | null) => void;
  /** When the document was written last. */
  changedAt: (handle: string) => string;
  meters?: Meters;
}

/** With more than so many to prove, as after a start, looking at all for each answer would be most of the work. */
const manyUnproven = 500;
const lookEveryMs = 500;

export class Proof {
  private readonly good = new Map<string, Deployed>();
  private readonly unproven = new Set<string>();
  /** When a revision was first pushed, until it is served. */
  private readonly pushedAt = new Map<string, number>();
  /** The newest revision that an Envoy refused. */
  private readonly refused = new Map<string, number>();
  private readonly suspects: Suspects;
  private lookedAt = 0;

  constructor(private readonly options: ProofOptions) {
    this.suspects = new Suspects(options.changedAt);
  }

  /** The last revision that was taken everywhere. */
  lastGood(handle: string): Deployed | undefined {
    return this.good.get(handle);
  }

  /** A revision is pushed; unless `isNew`, nobody waits for it. */
  await(handle: string, isNew: boolean): void {
    this.unproven.add(handle);
    this.suspects.forget(handle);
    if (isNew) this.pushedAt.set(handle, performance.now());
  }

  /** What is refused is not tried again, until there is another revision. */
  refuse(handle: string, revision: number): void {
    this.refused.set(handle, revision);
    this.settle(handle);
  }

  isRefused(handle: string, revision: number): boolean {
    return this.refused.get(handle) === revision;
  }

  forget(handle: string): void {
    this.settle(handle);
    this.good.delete(handle);
    this.refused.delete(handle);
  }

  /** Looks at what the Envoys said. */
  async review(): Promise<void> {
    const { streams, deployments } = this.options;
    for (const { kind, name, message } of streams().flatMap((stream) => stream.rejections()))
      if (kind === "route" || kind === "cluster") await this.blame({ kind, name }, message);
    deployments.forgetLeft((routes, api) =>
      streams().some(
        (stream) => deployments.revisionIn(routes, stream.held("route", routes), api) !== undefined,
      ),
    );
    const now = performance.now();
    if (this.unproven.size > manyUnproven && now - this.lookedAt < lookEveryMs) return;
    this.lookedAt = now;
    if (streams().length > 0) for (const handle of this.unproven) this.prove(handle);
    this.bringBack();
  }

  /** Of several Envoys that refuse the same, the later find others suspect, which are brought back as well. */
  private async blame(shared: Shared, message: string): Promise<void> {
    const { deployments, takeBack, place } = this.options;
    const suspects = this.unprovenIn(shared);
    if (suspects.length === 1) return takeBack(suspects[0]!, message);
    for (const handle of this.suspects.newerOf(suspects)) {
      const deployed = deployments.get(handle)!;
      this.settle(handle);
      place(handle, null);
      this.suspects.setAside(handle, deployed, shared);
    }
  }

  private bringBack(): void {
    const back = this.suspects.next((shared) => this.unprovenIn(shared).length === 0);
    if (!back) return;
    this.await(back.handle, false);
    this.options.place(back.handle, back.deployed);
  }

  private unprovenIn({ kind, name }: Shared): string[] {
    return this.options.deployments
      .usersOf(kind, name)
      .filter((handle) => this.unproven.has(handle));
  }

  private settle(handle: string): void {
    this.suspects.forget(handle);
    this.unproven.delete(handle);
    this.pushedAt.delete(handle);
  }

  private prove(handle: string): void {
    const { deployments, isServed, meters } = this.options;
    const deployed = deployments.get(handle);
    if (!deployed || !isServed(handle)) return;
    this.good.set(handle, deployed);
    const pushedAt = this.pushedAt.get(handle);
    this.settle(handle);
    if (pushedAt !== undefined)
      meters?.time("deployment_latency_seconds", performance.now() - pushedAt);
  }
}
