/**
 * A folder's documents in place of those that came from it before: all of them, or none. Each is tried first; should one
 * be refused all the same, because two do not fit together, what was written before it is put back.
 */
import type { Control } from "../deploy/control.ts";
import { reason, UserError, type FieldError } from "../errors.ts";
import type { ResourceKind } from "../model/index.ts";
import { difference } from "./difference.ts";
import type { FolderDocument } from "./read.ts";

/** Marks what came from the folder, so that it goes with its file. */
const originAnnotation = "sluice/origin";
const origin = "folder";

interface Step {
  kind: ResourceKind;
  handle: string;
  file: string;
  /** As stored; null when there is none. */
  before: string | null;
  /** Null takes it away. */
  after: Record<string, unknown> | null;
}

/** Returns the lines of what changed. Throws a UserError, and nothing is changed, when one document cannot be served. */
export async function applyDocuments(
  control: Control,
  documents: readonly FolderDocument[],
): Promise<string[]> {
  const steps = plan(control, documents);
  await tryAll(control, steps);
  const done: Step[] = [];
  for (const step of steps) {
    try {
      await take(control, step);
      done.push(step);
    } catch (error) {
      for (const { kind, handle, before, after } of done.reverse()) {
        const former = before === null ? null : (JSON.parse(before) as Record<string, unknown>);
        await take(control, { kind, handle, file: "", before: after && "", after: former });
      }
      throw new UserError("a document cannot be served beside the others", faultsOf(step, error));
    }
  }
  return steps.flatMap((step) => describe(step, control));
}

function plan(control: Control, documents: readonly FolderDocument[]): Step[] {
  const wanted = new Set(documents.map(({ handle }) => handle));
  const gone = control.kinds.flatMap((kind) =>
    control
      .list(kind)
      .filter(({ handle, source }) => !wanted.has(handle) && originOf(source) === origin)
      .map(({ handle, source }) => ({ kind, handle, file: "", before: source, after: null })),
  );
  // What is referred to is of a kind that stands before in the list.
  const rank = ({ kind }: FolderDocument) => control.kinds.indexOf(kind);
  const ordered = [...documents].sort((a, b) => rank(a) - rank(b));
  const changed = ordered.flatMap(({ kind, handle, file, source }) => {
    const after = marked(source);
    const before = control.get(handle, kind)?.source ?? null;
    return before === JSON.stringify(after) ? [] : [{ kind, handle, file, before, after }];
  });
  return [...gone, ...changed];
}

async function tryAll(control: Control, steps: readonly Step[]): Promise<void> {
  const faults: FieldError[] = [];
  for (const step of steps) {
    const { kind, handle, before, after } = step;
    if (!after) continue;
    const mode =
      before === null
        ? ({ create: true } as const)
        : ({ replace: handle, expected: "any" } as const);
    await control.put(kind, after, mode, true).catch((error: unknown) => {
      // What takes a place that another document is about to leave is only known when that is gone.
      const frees = steps.some((other) => other !== step && other.before !== null);
      if (!frees || !isCollision(error)) faults.push(...faultsOf(step, error));
    });
  }
  if (faults.length > 0) throw new UserError("documents that cannot be served", faults);
}

const isCollision = (error: unknown): boolean =>
  error instanceof UserError && error.message.startsWith("Routes collide");

async function take(control: Control, { kind, handle, before, after }: Step): Promise<void> {
  if (!after) await control.remove(kind, handle, "any");
  else if (before === null) await control.put(kind, after, { create: true });
  else await control.put(kind, after, { replace: handle, expected: "any" });
}

function faultsOf({ file, handle }: Step, error: unknown): FieldError[] {
  const fields = error instanceof UserError ? error.fields : [];
  if (fields.length === 0) return [{ field: `${file} ${handle}`, message: reason(error) }];
  return fields.map(({ field, message }) => ({ field: `${file} ${handle} ${field}`, message }));
}

function describe({ kind, handle, before, after }: Step, control: Control): string[] {
  if (!after) return [`- ${kind.kind} ${handle}`];
  if (before === null) return [`+ ${kind.kind} ${handle}`];
  return [
    `~ ${kind.kind} ${handle}`,
    ...difference(control.masked(JSON.parse(before)), control.masked(after)).map(
      (line) => `    ${line}`,
    ),
  ];
}

function marked(source: Record<string, unknown>): Record<string, unknown> {
  const metadata = (source.metadata ?? {}) as { annotations?: object };
  const annotations = { ...metadata.annotations, [originAnnotation]: origin };
  return { ...source, metadata: { ...metadata, annotations } };
}

function originOf(source: string): string | undefined {
  const { metadata } = JSON.parse(source) as {
    metadata?: { annotations?: Record<string, string> };
  };
  return metadata?.annotations?.[originAnnotation];
}
