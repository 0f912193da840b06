/**
 * The kind Consumer: who sends requests, by whatever credential they prove it, with groups, attributes and a plan that
 * policies see. API keys of a consumer are made beside the document, since they are shown once.
 */
import { UserError } from "../errors.ts";
import type { Reader } from "../model/reader.ts";
import { quote } from "../model/reader.ts";
import type { Vault } from "../secrets/vault.ts";
import type { KeyRing } from "../secrets/key-ring.ts";
import type { Database } from "../store/access/rows.ts";
import {
  credentialsOf,
  type ConsumerRecord,
  type ConsumerStore,
  type HmacCredential,
  type StoredCredential,
} from "../store/access/consumers.ts";
import type { PlanStore } from "../store/access/plans.ts";
import type { SubscriptionStore } from "../store/access/subscriptions.ts";
import {
  hmacPlace,
  readCredentials,
  showCredential,
  storeCredential,
  type MadeSecret,
} from "./credentials.ts";
import { readBody } from "./reading.ts";
import { Clash, Missing } from "./refusals.ts";

const mostGroups = 50;
const mostAttributes = 50;

interface Stores {
  consumers: ConsumerStore;
  plans: PlanStore;
  subscriptions: SubscriptionStore;
}

export interface WrittenConsumer {
  row: ConsumerRecord;
  made: MadeSecret[];
  /** False: it was there as it was sent, passwords and secrets too. */
  changed: boolean;
}

export class Consumers {
  constructor(
    private readonly stores: Stores,
    private readonly ring: KeyRing,
  ) {}

  /** Seals anew what an older key has sealed. */
  async reseal(vault: Vault): Promise<void> {
    for await (const page of this.stores.consumers.rows.all())
      for (const row of page) {
        const before = credentialsOf(row);
        const after = [];
        for (const one of before)
          after.push(one.type === "hmac" ? await this.resealed(one, row.handle, vault) : one);
        if (after.every((one, i) => one === before[i])) continue;
        const anew = { ...row, credentials: JSON.stringify(after) };
        const refuse = (db: Database) => this.refuse(anew, row, db);
        // Another controller was faster: it seals with the same key.
        await this.stores.consumers.write(anew, row, refuse).catch((error: unknown) => {
          if (!(error instanceof Clash || error instanceof Missing)) throw error;
        });
      }
  }

  list(): Promise<ConsumerRecord[]> {
    return this.stores.consumers.rows.with({});
  }

  async exists(handle: string): Promise<boolean> {
    return (await this.stores.consumers.rows.byKey(handle)) !== undefined;
  }

  async get(handle: string): Promise<ConsumerRecord> {
    const row = await this.stores.consumers.rows.byKey(handle);
    if (row) return row;
    throw new Missing(`Consumer with handle '${handle}' not found`);
  }

  /** A dry run checks and writes nothing. */
  async create(sent: unknown, dryRun = false): Promise<WrittenConsumer> {
    const wish = readBody(sent, readConsumer);
    if (dryRun && (await this.exists(wish.handle))) throw this.taken(wish.handle);
    return this.write(wish, null, dryRun);
  }

  /** A password or secret that is not sent stays what it is. */
  async replace(handle: string, sent: unknown, dryRun = false): Promise<WrittenConsumer> {
    const former = await this.get(handle);
    const wish = readBody(sent, readConsumer);
    if (wish.handle !== handle)
      throw new UserError("metadata.name must equal the handle in the URL", [
        { field: "metadata.name", message: `must be '${handle}', found '${wish.handle}'` },
      ]);
    return this.write(wish, former, dryRun);
  }

  async remove(handle: string): Promise<void> {
    const row = await this.get(handle);
    await this.stores.consumers.remove(row, async (db) => {
      await this.refuseChanged(row, db);
      const users = await this.stores.subscriptions.rows.with({ consumer: handle }, db);
      if (users.length > 0)
        throw new Clash("metadata.name", `Consumer '${handle}' has ${users.length} subscriptions`);
    });
  }

  private async resealed(credential: HmacCredential, consumer: string, vault: Vault) {
    const { keyId, sealed, keyVersion } = credential;
    if (keyVersion === this.ring.newest) return credential;
    const place = hmacPlace(consumer, keyId);
    const secret = vault.open(sealed, keyVersion, place);
    if (secret === null) return credential;
    const anew = await this.ring.seal(secret, place);
    return { ...credential, sealed: anew, keyVersion: this.ring.newest };
  }

  private async write(
    wish: Wish,
    former: ConsumerRecord | null,
    dryRun: boolean,
  ): Promise<WrittenConsumer> {
    const now = new Date().toISOString();
    const made: MadeSecret[] = [];
    const row: ConsumerRecord = {
      ...{ handle: wish.handle, display_name: wish.displayName },
      plan_id: wish.plan === null ? null : await this.planId(wish.plan),
      ...{ groups: JSON.stringify(wish.groups), attributes: JSON.stringify(wish.attributes) },
      credentials: JSON.stringify(await this.credentials(wish, former, made)),
      ...{ created_at: former?.created_at ?? now, updated_at: now },
    };
    if (
      former &&
      JSON.stringify({ ...row, updated_at: former.updated_at }) === JSON.stringify(former)
    )
      return { row: former, made: [], changed: false };
    // What a dry run has made is nobody's secret.
    if (dryRun) return { row, made: [], changed: true };
    const taken = await this.stores.consumers.write(row, former, (db) =>
      this.refuse(row, former, db),
    );
    if (!taken) return { row, made, changed: true };
    throw new Clash(
      `spec.credentials[${taken.index}]`,
      `${quote(showCredential(taken.credential))} is a credential of consumer '${taken.consumer}'`,
    );
  }

  private async refuse(
    { handle, plan_id }: ConsumerRecord,
    former: ConsumerRecord | null,
    db: Database,
  ): Promise<void> {
    if (former) await this.refuseChanged(former, db);
    else if (await this.stores.consumers.rows.byKey(handle, db)) throw this.taken(handle);
    if (plan_id !== null && !(await this.stores.plans.rows.byKey(plan_id, db)))
      throw fault("spec.plan", "names a subscription plan that was just deleted");
  }

  private taken = (handle: string): Clash =>
    new Clash("metadata.name", `Consumer with handle '${handle}' already exists`);

  /** What was read is what would be lost, also by the gateways. */
  private async refuseChanged(former: ConsumerRecord, db: Database): Promise<void> {
    const found = await this.stores.consumers.rows.byKey(former.handle, db);
    if (!found) throw new Missing(`Consumer with handle '${former.handle}' not found`);
    if (JSON.stringify(found) !== JSON.stringify(former))
      throw new Clash("metadata.name", `Consumer '${former.handle}' has just been changed`);
  }

  private async credentials(
    wish: Wish,
    former: ConsumerRecord | null,
    made: MadeSecret[],
  ): Promise<StoredCredential[]> {
    const before = former ? credentialsOf(former) : [];
    const stored: StoredCredential[] = [];
    const seen = new Set<string>();
    for (const [i, sent] of wish.credentials.entries()) {
      const field = `spec.credentials[${i}]`;
      const options = { consumer: wish.handle, ring: this.ring, made };
      const credential = await storeCredential(sent, before, options);
      if (!credential) throw fault(`${field}.password`, "is required for a new user name");
      const shown = JSON.stringify(showCredential(credential));
      if (seen.has(shown)) throw fault(field, `is there twice: ${shown}`);
      seen.add(shown);
      stored.push(credential);
    }
    return stored;
  }

  /** By its id or its name. */
  private async planId(plan: string): Promise<string> {
    const found =
      (await this.stores.plans.rows.byKey(plan)) ?? (await this.stores.plans.named(plan));
    if (found) return found.id;
    throw fault("spec.plan", `names no subscription plan, found '${plan}'`);
  }
}

const fault = (field: string, message: string) =>
  new UserError("Configuration validation failed", [{ field, message }]);

type Wish = ReturnType<typeof readConsumer>;

export function readConsumer(document: Reader) {
  const kind = document.at("kind");
  if (kind.text() !== "Consumer") kind.fail("must be Consumer");
  document.at("apiVersion").text();
  const spec = document.at("spec").required();
  spec.isObject();
  const handle = document.at("metadata").at("name").required();
  const name = handle.text({
    ...{ max: 255, pattern: /^[a-zA-Z0-9][a-zA-Z0-9._@-]*$/ },
    says: "must be letters, digits, . _ @ and -",
  });
  return {
    handle: name ?? "",
    displayName: spec.at("displayName").text({ max: 253 }) ?? name ?? "",
    plan: spec.at("plan").text({ max: 255 }),
    groups: readGroups(spec.at("groups")),
    attributes: readAttributes(spec.at("attributes")),
    credentials: readCredentials(spec.at("credentials")),
  };
}

const readGroups = (list: Reader): string[] => [
  ...new Set(
    list.items({ max: mostGroups }).map(
      (group) =>
        group.text({
          ...{ max: 64, pattern: /^[A-Za-z0-9_.:/-]+$/ },
          says: "must be letters, digits and _ . : / -",
        }) ?? "",
    ),
  ),
];

function readAttributes(reader: Reader): Record<string, string> {
  const entries = reader.entries();
  if (entries.length > mostAttributes)
    reader.fail(`must have at most ${mostAttributes} entries, found ${entries.length}`);
  for (const [name, value] of entries)
    if (name.length > 64) value.fail("must have a name of at most 64 characters");
  return Object.fromEntries(
    entries.map(([name, value]) => [name, value.text({ min: 0, max: 512 }) ?? ""]),
  );
}
