/** `?dryRun=true`: everything is checked, and nothing written. */
import type { Context } from "hono";
import { flag } from "../request/query.ts";

export const isDryRun = (c: Context): boolean => flag(c, "dryRun");

/** What would have been written; `changed` also where it is only a secret that differs, which no answer shows. */
export const tried = <T extends { status: { id: string } }>(
  { status, ...document }: T,
  changed: boolean,
) => ({ ...document, status: { id: status.id, dryRun: true, changed } });
