/**
 * Which revisions are proven: taken by every Envoy that is connected. What is proven is kept to go back to; what an Envoy
 * refuses before it is proven is taken back.
 */
import type { Meters } from "../observe/meters.ts";
import type { DeltaStream } from "../xds/stream.ts";
import type { Deployed, Deployments } from "./resources/deployments.ts";

export interface ProofOptions {
  deployments: Deployments;
  streams: () => DeltaStream[];
  /** Whether every connected Envoy serves what it should have of an API. */
  isServed: (handle: string) => boolean;
  takeBack: (handle: string, message: string) => Promise<void>;
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
  private lookedAt = 0;

  constructor(private readonly options: ProofOptions) {}

  /** The last revision that was taken everywhere. */
  lastGood(handle: string): Deployed | undefined {
    return this.good.get(handle);
  }

  /** A revision is pushed; unless `isNew`, nobody waits for it. */
  await(handle: string, isNew: boolean): void {
    this.unproven.add(handle);
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
    const { streams, deployments, takeBack } = this.options;
    for (const { kind, name, message } of streams().flatMap((stream) => stream.rejections())) {
      if (kind !== "route" && kind !== "cluster") continue;
      for (const handle of deployments.usersOf(kind, name))
        if (this.unproven.has(handle)) await takeBack(handle, message);
    }
    deployments.forgetLeft((routes, api) =>
      streams().some(
        (stream) => deployments.revisionIn(routes, stream.held("route", routes), api) !== undefined,
      ),
    );
    const now = performance.now();
    if (this.unproven.size > manyUnproven && now - this.lookedAt < lookEveryMs) return;
    this.lookedAt = now;
    if (streams().length > 0) for (const handle of this.unproven) this.prove(handle);
  }

  private settle(handle: string): void {
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
