/** Which resource a command means, and what fields it gives. */
import { CommandError, Exit, usage } from "../errors.ts";
import type { GatewayApi } from "./api.ts";
import { listAll, valueAt, type KindRow } from "./kinds.ts";

/** How a resource is named. */
export interface Named {
  id?: string;
  displayName?: string;
  version?: string;
  /** What `version` was called here before. */
  apiVersion?: string;
}

/** The path of the one resource that the options name. */
export async function identify(api: GatewayApi, row: KindRow, options: Named): Promise<string> {
  const { id, displayName, version: apiVersion = options.apiVersion } = options;
  if (id !== undefined) return `${row.path}/${encodeURIComponent(id)}`;
  if (displayName === undefined) throw usage("give --id, or --display-name with --version");
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
      "add --version, or use --id",
    );
  return `${row.path}/${encodeURIComponent(String(valueAt(only, "metadata.name") ?? only["id"]))}`;
}

/** The one resource that the options name. */
export async function readOne(api: GatewayApi, row: KindRow, options: Named): Promise<object> {
  const path = await identify(api, row, options);
  if (!row.listedOnly) return (await api.send("GET", path)).body;
  const id = decodeURIComponent(path.slice(row.path.length + 1));
  const found = (await listAll(api, row)).find((item) => item["id"] === id);
  if (found) return found;
  throw new CommandError("AP-NOT-FOUND", `there is no ${row.kind} '${id}'`, Exit.NotFound);
}

/** `name=value` pairs, and the options that the kind has for its fields. */
export function fieldsOf(
  pairs: readonly string[],
  row: KindRow,
  options: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const own = (row.fields ?? []).flatMap((key): [string, unknown][] =>
    typeof options[key] === "string" ? [[key, typed(options[key])]] : [],
  );
  const given = pairs.map((pair): [string, unknown] => {
    const equals = pair.indexOf("=");
    if (equals < 1) throw usage("--field: expected name=value");
    return [pair.slice(0, equals), typed(pair.slice(equals + 1))];
  });
  const fields = Object.fromEntries([...own, ...given]);
  if (Object.keys(fields).length > 0) return fields;
  throw usage(`expected at least one field, such as ${flagOf(row.fields?.[0] ?? "name")}`);
}

/** Numbers and booleans are what they look like. */
const typed = (value: string): unknown =>
  /^(true|false|0|[1-9]\d{0,14})$/.test(value) ? (JSON.parse(value) as unknown) : value;

/** `--plan-name` of `planName`. */
export const flagOf = (field: string): string =>
  `--${field.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
