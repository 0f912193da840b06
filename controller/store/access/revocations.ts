/** Revoked tokens in the store, until they would have ended anyway. */
import type { Kysely, Selectable } from "kysely";
import { feedId } from "../../../host-sim/feed/words.ts";
import type { RevocationRow, Tables } from "../schema.ts";
import type { Turns } from "../turns.ts";
import { changeOf } from "./feed-changes.ts";
import { Rows } from "./rows.ts";

export type Revocation = Selectable<RevocationRow>;

export class RevocationStore {
  readonly rows: Rows<Revocation>;

  constructor(
    private readonly db: Kysely<Tables>,
    private readonly turns: Turns,
  ) {
    this.rows = new Rows<Revocation>(db, "revocations", "id");
  }

  write(revocation: Revocation): Promise<void> {
    return this.turns.take(async ({ trx, changed, wrote }) => {
      const former = await this.rows.put(trx, revocation);
      changed(...change(revocation));
      wrote(former, revocation);
    });
  }

  remove(revocation: Revocation): Promise<void> {
    return this.turns.take(async ({ trx, changed, wrote }) => {
      const former = await this.rows.delete(trx, revocation.id);
      changed(...change(revocation));
      wrote(former, null);
    });
  }

  /** Those of tokens that have ended; at most a thousand at once. */
  ended(before: string): Promise<Revocation[]> {
    return this.db
      .selectFrom("revocations")
      .selectAll()
      .where("expires_at", "<", before)
      .limit(1_000)
      .execute();
  }
}

/** A token by its hash, or by the id that its issuer gave it. */
export const revocationId = ({ issuer, value }: Revocation): Buffer =>
  issuer === null
    ? feedId("revocation", "sha256", value)
    : feedId("revocation", "jti", issuer, value);

const change = (revocation: Revocation) =>
  changeOf("Revocation", revocation.id, [revocationId(revocation)]);
