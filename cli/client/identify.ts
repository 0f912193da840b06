/** Which resource a command means, and what fields it gives. */
import { CommandError, Exit, usage } from "../errors.ts";
import type { GatewayApi } from "./api.ts";
import { listAll, valueAt, type KindRow } from "./kinds.ts";

/** The path of the one resource that the options name. */
export async function identify(
  api: GatewayApi,
  row: KindRow,
  options: { id?: string; displayName?: string; apiVersion?: string },
): Promise<string> {
  const { id, displayName, apiVersion } = options;
  if (id !== undefined) return `${row.path}/${encodeURIComponent(id)}`;
  if (displayName === undefined) throw usage("give --id, or --display-name with --api-version");
  const found = (await listAll(api, row)).filter(
    (item) =>
      (valueAt(item, "spec.displayName") ?? item[row.identity ?? ""]) === displayName &&
      (apiVersion === undefined || valueAt(item, "spec.version") === apiVersion),
  );
  const [only, second] = found;
  if (!only)
    throw new CommandError(
      "AP-NOT-FOUND",
      `there is no ${row.kind} called '${displayName}'${apiVersion ? ` ${apiVersion}` : ""}`,
      Exit.NotFound,
    );
  if (second)
    throw new CommandError(
      "AP-SEVERAL",
      `${found.length} of ${row.kind} are called '${displayName}'`,
      Exit.Conflict,
      "add --api-version, or use --id",
    );
  return `${row.path}/${encodeURIComponent(String(valueAt(only, "metadata.name") ?? only["id"]))}`;
}

/** `name=value` pairs; numbers and booleans are what they look like. */
export function fieldsOf(pairs: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(
    pairs.map((pair) => {
      const equals = pair.indexOf("=");
      if (equals < 1) throw usage(`--field: expected name=value, found '${pair}'`);
      const value = pair.slice(equals + 1);
      const typed = /^(true|false|\d{1,15})$/.test(value) ? (JSON.parse(value) as unknown) : value;
      return [pair.slice(0, equals), typed];
    }),
  );
}
