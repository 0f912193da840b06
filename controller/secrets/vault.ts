/**
 * Every secret as it is now, opened only when it is asked for, and which documents use which; beside them the values of
 * secret parameters that documents have in the clear. Chains hold references; the feed brings values to the gateways.
 */
import { createHmac } from "node:crypto";
import { feedId } from "../../host-sim/feed/words.ts";
import { reason } from "../errors.ts";
import { evaluateTemplate, type SecretUse } from "../model/templates.ts";
import { reveal } from "../model/references.ts";
import type { FeedRecord } from "../feed/gathered.ts";
import type { SecretRecord, SecretStore } from "../store/access/secrets.ts";
import type { KeyRing } from "./key-ring.ts";

/** An Envoy may be behind: it still has chains that refer to what no document has any more. */
const keptAfterUseMs = 600_000;

export class Vault {
  private readonly rows = new Map<string, SecretRecord>();
  private readonly uses = new Map<string, readonly SecretUse[]>();
  /** Values without a name that documents had, by when they last had them. */
  private readonly left = new Map<string, number>();
  /** The entries of each secret that gateways may have: also former ones, until the secret changes. */
  private readonly fed = new Map<string, Set<string>>();

  constructor(
    private readonly store: SecretStore,
    private readonly ring: KeyRing,
    /** The same for all controllers of the store: agents take chains of one and the feed of another. */
    private readonly salt: string,
    private readonly log: (line: string) => void,
  ) {}

  /** Reads all of them, and seals anew what an older key has sealed. */
  async load(): Promise<void> {
    for await (const page of this.store.rows.all())
      for (const row of page) {
        this.rows.set(row.handle, row);
        if (row.key_version === this.ring.newest) continue;
        const value = this.value(row.handle);
        if (value !== null) await this.store.write(await this.sealed(row, value));
      }
  }

  /** Null when there is no such secret, or none that can be opened. */
  value(handle: string): string | null {
    const row = this.rows.get(handle);
    return row ? this.valueIn(row) : null;
  }

  /** Of a row as it is in the store, which another controller may just have written. */
  valueIn({ handle, sealed, key_version }: SecretRecord): string | null {
    return this.open(sealed, key_version, placeOf(handle));
  }

  /** What was sealed for a place; null, and a line in the log, when it cannot be opened. */
  open(sealed: string, version: string, place: string): string | null {
    try {
      return this.ring.unseal(sealed, version, place);
    } catch (error) {
      this.log(reason(error));
      return null;
    }
  }

  async sealed(row: SecretRecord, value: string): Promise<SecretRecord> {
    const sealed = await this.ring.seal(value, placeOf(row.handle));
    return { ...row, sealed, key_version: this.ring.newest };
  }

  /**
   * What a value is called that stands in a document without a name: the same for the same value, and without the salt
   * nobody can try out what value it is. No secret's name begins like this.
   */
  entryOf(value: string): string {
    return `#${createHmac("sha256", this.salt).update(value).digest("hex").slice(0, 32)}`;
  }

  /** What a document uses from now on; returns the records that gateways need for it. */
  use(document: string, uses: readonly SecretUse[]): FeedRecord[] {
    for (const { entry, value } of this.uses.get(document) ?? [])
      if (value !== undefined) this.left.set(entry, Date.now());
    if (uses.length === 0) this.uses.delete(document);
    else this.uses.set(document, uses);
    return uses.flatMap((use) => this.records(use));
  }

  /** Ids of values without a name that no document has had for a while, each told once. */
  leftEntries(now = Date.now()): Buffer[] {
    const used = new Set([...this.uses.values()].flat().map(({ entry }) => entry));
    const gone = [...this.left].filter(
      ([entry, since]) => used.has(entry) || since < now - keptAfterUseMs,
    );
    for (const [entry] of gone) this.left.delete(entry);
    return gone.filter(([entry]) => !used.has(entry)).map(([entry]) => feedId("secret", entry));
  }

  /** The documents that use a secret. */
  usersOf(handle: string): string[] {
    return [...this.uses]
      .filter(([, uses]) => uses.some(({ secrets }) => secrets.includes(handle)))
      .map(([document]) => document)
      .sort();
  }

  /** Every record that gateways may have of a secret. */
  idsOf(handle: string): Buffer[] {
    return [...(this.fed.get(handle) ?? [])].map((entry) => feedId("secret", entry));
  }

  all(): FeedRecord[] {
    const unnamed = [...this.uses.values()].flat().filter(({ value }) => value !== undefined);
    return [
      ...[...this.rows.keys()].flatMap((handle) => this.recordsOf(handle)),
      ...unnamed.flatMap((use) => this.records(use)),
    ];
  }

  /** Reads one secret anew: its own record, and those of templates over it. */
  async row(handle: string): Promise<FeedRecord[]> {
    const row = await this.store.rows.byKey(handle);
    if (row) this.rows.set(handle, row);
    else this.rows.delete(handle);
    return this.recordsOf(handle);
  }

  /** JSON with the values in place of the references, as the engine makes it. */
  reveal(json: string, uses: readonly SecretUse[]): string {
    return reveal(json, (entry) => this.entryValue(entry, uses));
  }

  /** A message for people, without the values. */
  redact(message: string, uses: readonly SecretUse[]): string {
    const values = uses.flatMap(({ entry, secrets }) => [
      this.entryValue(entry, uses),
      ...secrets.map((name) => this.value(name)),
    ]);
    return values
      .filter((value) => value !== null)
      .flatMap((value) => [value, JSON.stringify(value).slice(1, -1)])
      .sort((a, b) => b.length - a.length)
      .reduce((text, value) => text.replaceAll(value, "***"), message);
  }

  private entryValue(entry: string, uses: readonly SecretUse[]): string | null {
    const use = uses.find((one) => one.entry === entry);
    return use ? this.valueOf(use) : null;
  }

  private recordsOf(handle: string): FeedRecord[] {
    const value = this.value(handle);
    if (value === null) return [];
    const templates = [...this.uses.values()]
      .flat()
      .filter(({ entry, secrets }) => entry !== handle && secrets.includes(handle));
    return [record(handle, value), ...templates.flatMap((use) => this.records(use))];
  }

  private records(use: SecretUse): FeedRecord[] {
    const value = this.valueOf(use);
    if (value === null) return [];
    for (const handle of use.secrets)
      this.fed.set(handle, (this.fed.get(handle) ?? new Set()).add(use.entry));
    return [record(use.entry, value)];
  }

  private valueOf({ entry, expression, secrets, value }: SecretUse): string | null {
    if (value !== undefined) return value;
    if (secrets.length === 1 && entry === secrets[0]) return this.value(entry);
    try {
      return evaluateTemplate(expression, {
        env: process.env,
        secret: (name) => this.value(name),
      });
    } catch (error) {
      this.log(`a template over the secret '${secrets[0]}': ${reason(error)}`);
      return null;
    }
  }
}

const placeOf = (handle: string): string => `Secret '${handle}'`;

const record = (entry: string, value: string): FeedRecord => ({
  id: feedId("secret", entry),
  value: Buffer.from(value),
});
