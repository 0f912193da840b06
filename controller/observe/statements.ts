/** Counts and times the statements of a store by their first word. */
import type { Queried } from "../store/store.ts";
import type { Meters } from "./meters.ts";

const known = ["select", "insert", "update", "delete"];

export const countStatement =
  (meters: Meters): Queried =>
  (sql, ms, failed) => {
    const [word = ""] = sql.trimStart().split(/\s/, 1);
    const first = word.toLowerCase();
    const operation = known.includes(first) ? first : "other";
    meters.count("database_operations_total", {
      operation,
      outcome: failed ? "error" : "success",
    });
    meters.time("database_operation_duration_seconds", ms, { operation });
  };
