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

/** After a start 10,000 wait to be looked at: a change must not wait for them, so others have their turn after so many. */
const looksPerTurn = 200;
const restMs = 10;

export class Proof {
  private readonly good = new Map<string, Deployed>();
  /** In the order in which they are looked at. */
  private readonly unproven = new Set<string>();
  /** When a revision was first pushed, until it is served. */
  private readonly pushedAt = new Map<string, number>();
  /** The newest revision that an Envoy refused. */
  private readonly refused = new Map<string, number>();
  private readonly suspects: Suspects;
  /** How many are to be looked at since an Envoy answered last. */
  private toLookAt = 0;
  private timer: NodeJS.Timeout | null = null;

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
    this.toLookAt = this.unproven.size;
    this.proveSome();
  }

  /** Those that somebody waits for, and of all the ones that were not looked at for longest; then the next. */
  private proveSome(): void {
    const oldest = first(looksPerTurn, this.unproven);
    for (const handle of oldest) {
      this.unproven.delete(handle);
      this.unproven.add(handle);
    }
    const awaited = first(looksPerTurn, this.pushedAt.keys());
    if (this.options.streams().length > 0)
      for (const handle of new Set([...awaited, ...oldest])) this.prove(handle);
    this.bringBack();
    this.toLookAt -= oldest.length;
    if (this.toLookAt <= 0) return;
    this.timer ??= setTimeout(() => {
      this.timer = null;
      this.proveSome();
    }, restMs).unref();
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

function first<T>(count: number, items: Iterable<T>): T[] {
  const some: T[] = [];
  for (const item of items) {
    if (some.length === count) break;
    some.push(item);
  }
  return some;
}
