/** API keys: who may make how many, and what becomes of them. The same for every kind that keys open. */
import { randomBytes } from "node:crypto";
import { UserError } from "../errors.ts";
import { sha256Hex } from "../../host-sim/feed/words.ts";
import { timeOrderedId } from "../store/access/id.ts";
import type { ApiKey, KeyOwner, KeyStore } from "../store/access/keys.ts";
import type { Turn } from "../store/turns.ts";
import { hasExpired } from "./expiry.ts";
import { readBody } from "./reading.ts";
import {
  keyRules,
  readKeyChange,
  readNewKey,
  readRegeneration,
  type KeyRules,
} from "./key-reading.ts";
import { Clash, Missing, QuotaSpent } from "./refusals.ts";
import { makeKey, maskKey } from "./raw-key.ts";

export interface Caller {
  user: string;
  isAdmin: boolean;
}

export interface MadeKey {
  row: ApiKey;
  /** The only time that anyone sees it; null for one that came from elsewhere. */
  raw: string | null;
  quotaLeft: number;
}

const keptAfterEndMs = 3_600_000;

export class ApiKeys {
  constructor(
    private readonly store: KeyStore,
    private readonly rules: KeyRules = keyRules,
  ) {}

  create(owner: KeyOwner, caller: Caller, sent: unknown): Promise<MadeKey> {
    const { wish, expires, ...named } = readBody(sent, (body) => readNewKey(body, this.rules));
    const name = named.name ?? defaultName(owner.handle);
    return this.store.inTurn(async (turn) => {
      const own = await this.store.active(owner, caller.user, turn.trx);
      if (own.length >= this.rules.perUser)
        throw new QuotaSpent(
          `${caller.user} has ${own.length} active keys here, of at most ${this.rules.perUser}`,
        );
      const former = await this.store.named(owner, name, turn.trx);
      if (former && !hasExpired(former))
        throw new Clash("name", `API key with name '${name}' already exists`);
      const raw = wish.raw ?? makeKey();
      const now = new Date().toISOString();
      const row: ApiKey = {
        ...{ uuid: timeOrderedId(), kind: owner.kind, handle: owner.handle, name },
        ...valueOf(raw, wish.masked),
        ...{ old_hash: null, old_until: null },
        source: wish.raw === null ? "local" : "external",
        ...{ issuer: wish.issuer, external_ref: wish.externalRef },
        ...{ application_id: wish.applicationId, application_name: wish.applicationName },
        ...{ created_by: caller.user, created_at: now, updated_at: now, expires_at: expires },
      };
      await this.write(turn, row, former ?? null);
      return {
        row,
        raw: wish.raw === null ? raw : null,
        quotaLeft: this.rules.perUser - own.length - 1,
      };
    });
  }

  /** All of them to an admin, to others their own. */
  list(owner: KeyOwner, caller: Caller): Promise<ApiKey[]> {
    return this.store.active(owner, caller.isAdmin ? undefined : caller.user);
  }

  /** Another value or another end for a key that came from elsewhere. */
  update(owner: KeyOwner, name: string, caller: Caller, sent: unknown): Promise<MadeKey> {
    return this.store.inTurn(async (turn) => {
      const former = await this.named(turn, owner, name, caller, caller.isAdmin);
      if (former.source === "local")
        throw new UserError(`API key '${name}' was generated here: use regenerate to change it`);
      const { wish, expires } = readBody(sent, (body) => readKeyChange(body, this.rules, name));
      const row: ApiKey = {
        ...former,
        ...valueOf(wish.raw!, wish.masked),
        ...{ issuer: wish.issuer ?? former.issuer },
        ...{ external_ref: wish.externalRef ?? former.external_ref },
        ...{ updated_at: new Date().toISOString(), expires_at: expires ?? former.expires_at },
      };
      await this.write(turn, row, former);
      const quotaLeft = await this.quotaLeft(turn, owner, former.created_by);
      return { row, raw: null, quotaLeft };
    });
  }

  /** A new value; the old one stays good for `overlap`, which is none unless asked for. Only its creator may. */
  regenerate(owner: KeyOwner, name: string, caller: Caller, sent: unknown): Promise<MadeKey> {
    return this.store.inTurn(async (turn) => {
      const former = await this.named(turn, owner, name, caller, false);
      if (former.source === "external")
        throw new UserError(`API key '${name}' comes from elsewhere: replace it with PUT`);
      const { overlapMs, expires } = readBody(sent, readRegeneration);
      const raw = makeKey();
      const now = Date.now();
      const row: ApiKey = {
        ...former,
        ...valueOf(raw),
        old_hash: overlapMs > 0 ? former.hash : null,
        old_until: overlapMs > 0 ? oldEnd(now + overlapMs, former) : null,
        updated_at: new Date(now).toISOString(),
        expires_at: expires ?? (hasExpired(former) ? null : former.expires_at),
      };
      await this.write(turn, row, former);
      return { row, raw, quotaLeft: await this.quotaLeft(turn, owner, caller.user) };
    });
  }

  /** Takes away what ended a while ago: until then a gateway's clock may be late. */
  async cleanUp(): Promise<void> {
    const someEnded = () =>
      this.store.inTurn(async (turn) => {
        const before = new Date(Date.now() - keptAfterEndMs).toISOString();
        const ended = await this.store.ended(before, turn.trx);
        for (const key of ended)
          if (hasExpired(key)) await this.store.remove(turn, key);
          else await this.store.put(turn, { ...key, old_hash: null, old_until: null }, key);
        return ended.length > 0;
      });
    while (await someEnded());
  }

  /** The caller must not learn whether there was one, or whose. */
  revoke(owner: KeyOwner, name: string, caller: Caller): Promise<void> {
    return this.store.inTurn(async (turn) => {
      const key = await this.store.named(owner, name, turn.trx);
      if (key && (caller.isAdmin || key.created_by === caller.user))
        await this.store.remove(turn, key);
    });
  }

  private async named(
    { trx }: Turn,
    owner: KeyOwner,
    name: string,
    caller: Caller,
    anyones: boolean,
  ): Promise<ApiKey> {
    const key = await this.store.named(owner, name, trx);
    if (key && (anyones || key.created_by === caller.user)) return key;
    throw new Missing(`API key '${name}' not found`);
  }

  private async write(turn: Turn, row: ApiKey, former: ApiKey | null): Promise<void> {
    if (await this.store.hasValue(turn.trx, row, row.hash, former?.uuid))
      throw new Clash("apiKey", "an API key with this value already exists");
    if (!(await this.store.put(turn, row, former)))
      throw new Missing(`${row.kind} '${row.handle}' has just been deleted`);
  }

  private async quotaLeft({ trx }: Turn, owner: KeyOwner, user: string): Promise<number> {
    const own = await this.store.active(owner, user, trx);
    return Math.max(0, this.rules.perUser - own.length);
  }
}

/** Handles may have more letters than names of keys. */
const defaultName = (handle: string): string => {
  const base = handle
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-|-$/g, "");
  return `${base.slice(0, 48).replace(/-$/, "") || "api"}-key-${randomBytes(4).toString("hex")}`;
};

/** What is stored of a value. A mask that shows more than lists do is not taken. */
const valueOf = (raw: string, masked: string | null = null) => ({
  hash: sha256Hex(raw),
  masked: masked !== null && /^\*{3,}.{0,5}$/.test(masked) ? masked : maskKey(raw),
});

const oldEnd = (wanted: number, { expires_at }: ApiKey): string =>
  new Date(Math.min(wanted, expires_at === null ? Infinity : Date.parse(expires_at))).toISOString();
