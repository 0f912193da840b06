/**
 * How the log of changes tells of rows that gateways look up: which row, and every feed record that it may have had, since
 * a row that is gone cannot be asked.
 */
import { feedId, feedScope } from "../../../host-sim/feed/words.ts";
import type { Change } from "../turns.ts";

/** The tables whose rows become feed records. */
export type FedTable = "ApiKey" | "Plan" | "Subscription" | "Secret" | "Consumer" | "Revocation";

export interface FedChange {
  table: FedTable;
  row: string;
  ids: Buffer[];
}

const prefix = "Feed";

export const changeOf = (
  table: FedTable,
  row: string,
  ids: readonly Buffer[],
): [string, string] => [
  `${prefix}:${table}`,
  [row, ...new Set(ids.map((id) => id.toString("hex")))].join("\n"),
];

/** More changed than is worth telling one by one. */
export const everything: [string, string] = [`${prefix}:*`, ""];

/** Null for changes that are not the feed's. */
export function readChange({ kind, handle }: Change): FedChange | "everything" | null {
  const [start, table] = kind.split(":");
  if (start !== prefix) return null;
  if (table === "*") return "everything";
  const [row = "", ...ids] = handle.split("\n");
  return { table: table as FedTable, row, ids: ids.map((id) => Buffer.from(id, "hex")) };
}

interface KeyPlace {
  kind: string;
  handle: string;
  hash: string;
  old_hash: string | null;
}

/** A consumer's key is good for every API. */
export const keyScope = (owner: Pick<KeyPlace, "kind" | "handle">): string =>
  owner.kind === "Consumer" ? "*" : feedScope(owner);

export const keyIds = (key: KeyPlace): Buffer[] =>
  [key.hash, key.old_hash]
    .filter((hash) => hash !== null)
    .map((hash) => feedId("key", keyScope(key), hash));
