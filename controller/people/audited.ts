/**
 * An entry of the audit log for each request that would change something. What was changed and its entry are written in
 * one transaction: none is there without the other. What was refused has an entry of its own.
 */
import { getConnInfo } from "@hono/node-server/conninfo";
import type { Context, MiddlewareHandler } from "hono";
import type { Transaction } from "kysely";
import { reason } from "../errors.ts";
import type { Log } from "../log.ts";
import type { Tables } from "../store/schema.ts";
import { within, type UnitOfWork, type Written } from "../store/unit-of-work.ts";
import type { Audit, AuditEntry } from "./audit.ts";

/** What a request changed, as the log tells it. */
export interface Change {
  kind: string;
  handle: string;
  before: unknown;
  after: unknown;
}

/** How the log tells of the rows that a group of routes writes. */
export interface Audible<Row> {
  kind: string;
  handleOf: (row: Row) => string;
  /** Never with a secret. */
  show: (row: Row) => unknown;
}

/** A change that was not made because it could not be told. */
export class Unaudited extends Error {
  constructor(cause: unknown) {
    super("nothing was changed: the audit log cannot be written", { cause });
  }
}

/** What a change is answered with, unless it is waited for in vain or has no body; then the entry is put right. */
const actions: Record<string, { action: string; status: number }> = {
  POST: { action: "create", status: 201 },
  PUT: { action: "replace", status: 200 },
  PATCH: { action: "change", status: 200 },
  DELETE: { action: "delete", status: 200 },
};

/** For what is not a row, or shall be told otherwise: known before it is written, it is in the same transaction. */
export const noteChange = (c: Context, change: Change): void => c.set("change", change);

/** Says how the rows are told that the routes behind it write. */
export const audible =
  <Row>(view: Audible<Row>): MiddlewareHandler =>
  (c, next) => {
    c.set("audible", view);
    return next();
  };

/** A request that left a row as it was. */
export const noteUnchanged = (c: Context, row: object): void =>
  noteChange(c, told(c, { before: row, after: row }));

export function audited(audit: Audit, log: Log): MiddlewareHandler {
  return async (c, next) => {
    // The API is mounted under two paths, and what the first does not know comes to the second.
    if (!actions[c.req.method] || c.get("audited") === true) return next();
    c.set("audited", true);
    const request = new AuditedRequest(c, audit);
    await within(request, next);
    await request
      .end()
      .catch((error: unknown) => log(`the audit log cannot be written: ${reason(error)}`, "error"));
  };
}

class AuditedRequest implements UnitOfWork {
  private readonly address: string;
  /** What was committed. */
  private entry: { id: number; status: number; change: Change } | null = null;
  private hasEnded = false;

  constructor(
    private readonly c: Context,
    private readonly audit: Audit,
  ) {
    // Not to be had any more when the connection is gone.
    this.address = getConnInfo(c).remote.address ?? "";
  }

  async record(trx: Transaction<Tables>, written: Written): Promise<() => void> {
    // What a request has set going goes on without it.
    if (this.hasEnded) return () => {};
    const change = this.noted() ?? told(this.c, written);
    const { status } = actions[this.c.req.method]!;
    try {
      const id = await this.write(status, change, { db: trx, former: this.entry?.id });
      return () => (this.entry = { id, status, change });
    } catch (error) {
      throw new Unaudited(error);
    }
  }

  /** Tells what was answered, where that is not told yet. */
  async end(): Promise<void> {
    this.hasEnded = true;
    const { entry } = this;
    const { status } = this.c.res;
    const noted = this.noted();
    if (!entry) return void (await this.write(status, status < 400 ? noted : undefined));
    const change = noted ?? entry.change;
    if (entry.status === status && entry.change === change) return;
    await this.write(status, change, { former: entry.id });
  }

  private noted(): Change | undefined {
    return this.c.get("change") as Change | undefined;
  }

  private write(status: number, change?: Change, where?: Parameters<Audit["write"]>[1]) {
    const { c, address } = this;
    const entry: AuditEntry = {
      ...{ actor: String(c.get("user") ?? "unknown"), address, status },
      correlation_id: c.res.headers.get("x-correlation-id") ?? "",
      action: actions[c.req.method]!.action,
      path: c.req.path.slice(0, 2_000),
      ...{ kind: change?.kind ?? null, handle: change?.handle ?? null },
      ...{ before: change?.before, after: change?.after },
    };
    return this.audit.write(entry, where);
  }
}

function told(c: Context, { before, after }: Written): Change {
  const { kind, handleOf, show } = c.get("audible") as Audible<object>;
  const shown = (row: object | null) => row && show(row);
  return { kind, handle: handleOf((after ?? before)!), before: shown(before), after: shown(after) };
}
