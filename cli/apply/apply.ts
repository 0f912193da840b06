/**
 * Makes a gateway have what the files say. Each resource is created or replaced by its kind and name; what is there
 * already is left alone, so a run that was broken off goes on where it was.
 */
import { CommandError, Exit } from "../errors.ts";
import { reason } from "../../controller/errors.ts";
import type { GatewayApi } from "../client/api.ts";
import { withoutStatus, type Difference } from "./compare.ts";
import { refuseTwins, type Resource } from "./documents.ts";
import { kindRows, listAll, rowOf } from "../client/kinds.ts";
import { changesOf, plan, sendPlanned, type Planned } from "./planned.ts";

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

async function write(
  api: GatewayApi,
  planned: Planned,
  { dryRun, wait }: ApplyOptions,
): Promise<Applied> {
  const { row, before, document } = planned;
  const { kind, metadata } = document;
  const changes = await changesOf(api, planned);
  const result = { kind, name: metadata.name, changes };
  if (before && (changes.length === 0 || !row.replaceable))
    return { ...result, changes: [], action: "unchanged" };
  const body =
    row.form === "document" ? document : { [row.identity!]: metadata.name, ...document.spec };
  const query = { ...(dryRun && { dryRun: "true" }), ...(wait && !dryRun && { wait }) };
  // Only whole documents can be tried without being written; what hides something was tried already.
  if (!dryRun || (row.form === "document" && !(before && row.hides)))
    await sendPlanned(api, planned, { body, query });
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
