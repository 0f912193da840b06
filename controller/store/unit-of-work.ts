/**
 * The unit of work that a caller's writes belong to, such as one request: what it keeps of a write is kept in the write's
 * own transaction, so that one is there exactly when the other is.
 *
 * It follows its caller through every `await` and timer. What works for nobody in particular runs in a context of its own.
 */
import { AsyncLocalStorage } from "node:async_hooks";
import type { Transaction } from "kysely";
import type { Tables } from "./schema.ts";

/** A row before and after a write; null where there is none. */
export interface Written {
  before: object | null;
  after: object | null;
}

export interface UnitOfWork {
  /** The last part of a transaction: if it throws, nothing was written. Returns what is to be done when it is committed. */
  record(trx: Transaction<Tables>, written: Written): Promise<() => void>;
}

const current = new AsyncLocalStorage<UnitOfWork>();

export const within = <T>(unit: UnitOfWork, work: () => T): T => current.run(unit, work);

/** That of the caller; undefined when nobody asked for what is written. */
export const unitOfWork = (): UnitOfWork | undefined => current.getStore();
