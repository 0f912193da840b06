/** What would change: two documents compared by meaning, key by key, whatever their order and layout. */
import { redact } from "../../controller/people/redact.ts";

export interface Difference {
  /** Such as `spec.operations[0].path`. */
  path: string;
  before?: unknown;
  after?: unknown;
}

/** What changed is named; no value of a secret is told. */
export const differences = (before: unknown, after: unknown): Difference[] =>
  compare({ is: before, shown: redact(before) }, { is: after, shown: redact(after) }, "");

/** A value, and what may be shown of it. */
interface Side {
  is: unknown;
  shown: unknown;
}

function compare(before: Side, after: Side, path: string): Difference[] {
  if (before.is === after.is) return [];
  const inner = (key: string | number, at: string) =>
    compare(below(before, key), below(after, key), at);
  if (Array.isArray(before.is) && Array.isArray(after.is)) {
    const length = Math.max(before.is.length, after.is.length);
    return Array.from({ length }, (_, i) => inner(i, `${path}[${i}]`)).flat();
  }
  if (isMapping(before.is) && isMapping(after.is)) {
    const [there, said] = [before.is, after.is];
    const keys = new Set([...Object.keys(there), ...Object.keys(said)]);
    return [...keys].flatMap((key) =>
      said[key] === undefined && isEmpty(there[key])
        ? []
        : inner(key, path ? `${path}.${key}` : key),
    );
  }
  return [
    {
      path,
      ...(before.is !== undefined && { before: before.shown }),
      ...(after.is !== undefined && { after: after.shown }),
    },
  ];
}

const below = ({ is, shown }: Side, key: string | number): Side => ({
  is: (is as Record<string | number, unknown>)[key],
  shown: (shown as Record<string | number, unknown>)[key],
});

/** What the server adds to a document that it was given. */
export function withoutStatus(document: Record<string, unknown>): Record<string, unknown> {
  const { status: _, ...rest } = document;
  return rest;
}

/** The document without what the gateway noted on it for itself: whose folder it came from, which route it was. */
export function asWritten(document: Record<string, unknown>): Record<string, unknown> {
  const written = withoutStatus(document);
  const { metadata } = written;
  if (!isMapping(metadata) || !isMapping(metadata["annotations"])) return written;
  const { annotations, ...others } = metadata;
  const own = Object.entries(annotations as object).filter(([name]) => !name.startsWith("sluice/"));
  written["metadata"] = {
    ...others,
    ...(own.length > 0 && { annotations: Object.fromEntries(own) }),
  };
  return written;
}

/** A gateway may write down that there is nothing where a file says nothing. */
const isEmpty = (value: unknown): boolean =>
  value === null ||
  value === "" ||
  (Array.isArray(value) && value.length === 0) ||
  (isMapping(value) && Object.keys(value).length === 0);

const isMapping = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
