/** What keys and subscriptions belong to: asked in the turn that writes them, so that none outlives its owner. */
import type { Transaction } from "kysely";
import type { Tables } from "../schema.ts";

export async function ownerExists(
  trx: Transaction<Tables>,
  { kind, handle }: { kind: string; handle: string },
): Promise<boolean> {
  const found =
    kind === "Consumer"
      ? trx.selectFrom("consumers").select("handle").where("handle", "=", handle)
      : trx
          .selectFrom("artifacts")
          .select("handle")
          .where("kind", "=", kind)
          .where("handle", "=", handle);
  return (await found.executeTakeFirst()) !== undefined;
}
