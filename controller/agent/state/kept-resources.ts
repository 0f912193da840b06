/**
 * The last resources that were known to be complete, on disk. Each record begins with the digest of what the resources are
 * after it, so that what comes back is what was kept, whole.
 */
import type { Log } from "../../log.ts";
import { reason } from "../../errors.ts";
import type { Changed, EncodedChange, Resource, ResourceCache } from "../../xds/cache.ts";
import type { Kind } from "../../xds/kinds.ts";
import { keyOf } from "../../xds/wire.ts";
import type { Journal } from "./journal.ts";
import { readChanges, writeChanges } from "./resource-bytes.ts";

const digestBytes = 16;

export class KeptResources {
  /** What differs from the disk, and what of it is being written. */
  private changed = new Map<string, Changed>();
  private underWay = new Map<string, Changed>();
  private writing: Promise<boolean> | null = null;
  /** Whether the next record has to be a whole state. */
  private whole = true;
  private problem: string | null = null;

  constructor(
    private readonly journal: Journal,
    private readonly cache: ResourceCache,
    private readonly log: Log,
  ) {
    cache.watch((changed) => {
      for (const change of changed) this.changed.set(keyOf(change.kind, change.name), change);
    });
  }

  /** Fills the cache. False when nothing is kept; throws when what is kept is damaged. */
  async restore(): Promise<boolean> {
    let expected: string | null = null;
    try {
      for await (const record of this.journal.records()) {
        expected = record.toString("latin1", 0, digestBytes);
        this.cache.take(readChanges(record.subarray(digestBytes)));
      }
      if (expected !== null && this.cache.digest() !== expected)
        throw new Error(`the kept resources are not those of ${expected}`);
    } catch (error) {
      this.cache.take(this.cache.all().map((change) => ({ ...change, resource: null })));
      throw error;
    } finally {
      this.changed.clear();
    }
    return expected !== null;
  }

  /** Whether what the cache has by this name is on the disk, or cannot come there, which was logged. */
  isKept(kind: Kind, name: string): boolean {
    const key = keyOf(kind, name);
    return this.problem !== null || !(this.changed.has(key) || this.underWay.has(key));
  }

  /** Whether something came since the last time that it was complete. */
  get isBehind(): boolean {
    return this.changed.size > 0;
  }

  /** What of a kind will be written next. */
  unkept(kind: Kind): Resource[] {
    const changes = this.whole ? this.cache.all() : [...this.changed.values()].map(this.now);
    return changes.flatMap((one) => (one.kind === kind && one.resource ? [one.resource] : []));
  }

  /** The cache is complete now: keeps it. Settles when it is on the disk, or with false when that failed. */
  async keep(): Promise<boolean> {
    // What is complete is known only now: while the disk is busy, a later call comes with a later state.
    if (this.writing) return this.writing;
    if (this.changed.size === 0 && !this.whole) return true;
    this.underWay = this.changed;
    this.changed = new Map();
    this.writing = this.write();
    return this.writing;
  }

  private async write(): Promise<boolean> {
    const isWhole = this.whole || this.journal.isLong;
    const changes = isWhole ? this.cache.all() : [...this.underWay.values()].map(this.now);
    const record = Buffer.concat([Buffer.from(this.cache.digest()), writeChanges(changes)]);
    try {
      if (isWhole) await this.journal.replace(1, [record]);
      else await this.journal.append(record);
      if (this.problem !== null) this.log("the state is kept again", "info");
      this.problem = null;
      this.whole = false;
    } catch (error) {
      if (this.problem === null) this.log(`the state cannot be kept: ${reason(error)}`);
      this.problem = reason(error);
      this.whole = true;
    } finally {
      this.underWay = new Map();
      this.writing = null;
    }
    return this.problem === null;
  }

  private readonly now = ({ kind, name }: Changed): EncodedChange => ({
    ...{ kind, name },
    resource: this.cache.get(kind, name) ?? null,
  });
}
