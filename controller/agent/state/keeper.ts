/**
 * When resources go to the disk. Chains and the secrets that they refer to come to an agent by two ways, and an Envoy that
 * starts while every controller is dead has only what is kept: a chain is kept after the secrets that it needs.
 */
import type { Log } from "../../log.ts";
import type { ResourceCache } from "../../xds/cache.ts";
import { entriesIn } from "../../model/references.ts";
import { feedId } from "../../../host-sim/feed/words.ts";
import type { KeptFeed } from "./kept-feed.ts";
import type { KeptResources } from "./kept-resources.ts";

export interface KeeperOptions {
  cache: ResourceCache;
  resources: KeptResources;
  feed: KeptFeed;
  log: Log;
  /** More is on the disk than before. */
  kept?(): void;
  /** A chain whose secret never comes must not keep all others from the disk. */
  patienceMs?: number;
}

export class Keeper {
  private readonly closing = new AbortController();
  private work: Promise<unknown> = Promise.resolve();

  constructor(private readonly options: KeeperOptions) {}

  /** The cache is complete now. Settles when it is on the disk, or when it has changed: a later call comes for that. */
  keep(): Promise<void> {
    const kept = this.keepComplete();
    this.work = Promise.all([this.work, kept]);
    return kept;
  }

  /** Settles when nothing is being written any more. */
  async close(): Promise<void> {
    this.closing.abort();
    await this.work;
  }

  private async keepComplete(): Promise<void> {
    const { cache, resources, feed, log, kept, patienceMs = 5_000 } = this.options;
    const { signal } = this.closing;
    const complete = cache.digest();
    const ids = secretsOf(resources);
    const come = ids.length === 0 || (await feed.holds(ids, patienceMs, signal));
    const isNow = () => !signal.aborted && cache.digest() === complete;
    if (!come && isNow())
      log(`chains are kept without their secrets, which did not come within ${patienceMs} ms`);
    // Again for what came while the disk was busy.
    for (let goesOn = isNow(); goesOn;) {
      const isWritten = await resources.keep();
      kept?.();
      goesOn = isWritten && isNow() && resources.isBehind;
    }
  }
}

/** The feed's records that chains refer to which are not on the disk yet. */
function secretsOf(resources: KeptResources): Buffer[] {
  const texts = resources.unkept("route").map(({ bytes }) => Buffer.from(bytes).toString());
  return entriesIn(texts.join("")).map((entry) => feedId("secret", entry));
}
