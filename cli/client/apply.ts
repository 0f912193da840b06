/**
 * Makes a gateway have what the files say. Each resource is created or replaced by its kind and name; what is there
 * already is left alone, so a run that was broken off goes on where it was.
 */
import { CommandError, Exit } from "../errors.ts";
import { reason } from "../../controller/errors.ts";
import type { GatewayApi } from "./api.ts";
import { asWritten, differences, withoutStatus, type Difference } from "./compare.ts";
import { refuseTwins, type Resource } from "./documents.ts";
import { kindRows, listAll, rowOf, type KindRow } from "./kinds.ts";

export interface ApplyOptions {
  dryRun?: boolean;
  /** All or nothing: everything is tried first, and taken back if something fails after all. */
  atomic?: boolean;
  /** How long to wait for the gateways to serve it, such as `10s`. */
  wait?: string;
  progress?: (done: number, all: number) => void;
}

export type Action = "created" | "replaced" | "unchanged";

export interface Applied {
  kind: string;
  name: string;
  action: Action;
  changes: Difference[];
}

/** Enough to keep a controller busy, which writes one after the other. */
const atOnce = 8;

interface Planned extends Resource {
  row: KindRow;
  /** Its id at the server, and what is there; null if it is not. */
  id: string;
  before: Record<string, unknown> | null;
}

export async function apply(
  api: GatewayApi,
  resources: readonly Resource[],
  options: ApplyOptions,
): Promise<Applied[]> {
  refuseTwins(resources);
  const done: { planned: Planned; result: Applied }[] = [];
  const all = resources.length;
  try {
    for (const row of kindRows) {
      const own = resources.filter((resource) => rowOf(resource) === row);
      if (own.length === 0) continue;
      const items = row.identity ? await listAll(api, row) : [];
      if (options.atomic && !options.dryRun)
        await eachOf(own, async (resource) => {
          await write(api, await plan(api, row, resource, items), { ...options, dryRun: true });
        });
      await eachOf(own, async (resource) => {
        const planned = await plan(api, row, resource, items);
        const result = await write(api, planned, options);
        done.push({ planned, result });
        options.progress?.(done.length, all);
      });
    }
  } catch (error) {
    if (options.atomic && !options.dryRun) await takeBack(api, done, error);
    throw error;
  }
  return resources.map(
    ({ document: { kind, metadata } }) =>
      done.find(({ result }) => result.kind === kind && result.name === metadata.name)!.result,
  );
}

/** What is there of a resource. */
export async function plan(
  api: GatewayApi,
  row: KindRow,
  resource: Resource,
  items: readonly Record<string, unknown>[],
): Promise<Planned> {
  const { name } = resource.document.metadata;
  if (row.identity) {
    const key = row.identity;
    const wanted = resource.document.spec[key] ?? name;
    const found = items.find((item) => item[key] === wanted);
    return { ...resource, row, id: String(found?.["id"] ?? ""), before: found ?? null };
  }
  const path = `${row.path}/${encodeURIComponent(name)}`;
  const { status, body } = await api.send("GET", path, { expect: [404] });
  return { ...resource, row, id: name, before: status === 404 ? null : body };
}

/** How what is there differs from the document. */
export function changesOf({ row, before, document }: Planned): Difference[] {
  if (!before) return [{ path: "", after: document }];
  if (row.form === "document") {
    const { apiVersion, ...rest } = asWritten(before);
    // There is one version only: a file need not name it.
    const there = document.apiVersion === undefined ? rest : { apiVersion, ...rest };
    return differences(there, asWritten({ ...document }));
  }
  // The server adds fields of its own to these: only what the document says is compared.
  const said = Object.fromEntries(Object.keys(document.spec).map((key) => [key, before[key]]));
  return differences(said, document.spec);
}

async function write(
  api: GatewayApi,
  planned: Planned,
  { dryRun, wait }: ApplyOptions,
): Promise<Applied> {
  const { row, before, document, where, id } = planned;
  const { kind, metadata } = document;
  const changes = changesOf(planned);
  const result = { kind, name: metadata.name, changes };
  if (before && (changes.length === 0 || !row.replaceable))
    return { ...result, changes: [], action: "unchanged" };
  const body =
    row.form === "document" ? document : { [row.identity!]: metadata.name, ...document.spec };
  const query = { ...(dryRun && { dryRun: "true" }), ...(wait && !dryRun && { wait }) };
  // Only whole documents can be tried without being written.
  if (!dryRun || row.form === "document")
    try {
      if (before) await api.send("PUT", `${row.path}/${encodeURIComponent(id)}`, { body, query });
      else await api.send("POST", row.path, { body, query });
    } catch (error) {
      throw located(error, where, `${kind} ${metadata.name}`, before === null);
    }
  return { ...result, action: before ? "replaced" : "created" };
}

async function takeBack(
  api: GatewayApi,
  done: readonly { planned: Planned; result: Applied }[],
  cause: unknown,
): Promise<void> {
  for (const { planned, result } of [...done].reverse()) {
    const { row, before, document } = planned;
    if (result.action === "unchanged" || row.form !== "document") continue;
    const path = `${row.path}/${encodeURIComponent(document.metadata.name)}`;
    try {
      if (before) await api.send("PUT", path, { body: withoutStatus(before) });
      else await api.send("DELETE", path);
    } catch (error) {
      throw new CommandError(
        "AP-HALF",
        `${reason(cause)}; and taking ${document.kind} ${document.metadata.name} back failed: ${reason(error)}`,
        Exit.Failed,
        "compare with ap diff",
      );
    }
  }
}

function located(error: unknown, where: string, what: string, isNew: boolean): unknown {
  if (!(error instanceof CommandError)) return error;
  const { id, message, exitCode, next, fields } = error;
  if (isNew && exitCode === Exit.NotFound)
    return new CommandError("AP-NO-KIND", `${where}: ${what}: this gateway has no such kind`);
  return new CommandError(id, `${where}: ${what}: ${message}`, exitCode, next, fields);
}

/** In no order, some at once; the first error ends it when those under way have ended. */
async function eachOf<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const rest = [...items];
  let failed: { error: unknown } | null = null;
  const worker = async () => {
    for (let item = rest.shift(); item !== undefined && !failed; item = rest.shift())
      await work(item).catch((error: unknown) => (failed ??= { error }));
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  if (failed) throw (failed as { error: unknown }).error;
}
