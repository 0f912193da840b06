/** What would change: two documents compared by meaning, key by key, whatever their order and layout. */
export interface Difference {
  /** Such as `spec.operations[0].path`. */
  path: string;
  before?: unknown;
  after?: unknown;
}

export function differences(before: unknown, after: unknown, path = ""): Difference[] {
  if (before === after) return [];
  if (Array.isArray(before) && Array.isArray(after)) {
    const length = Math.max(before.length, after.length);
    return Array.from({ length }, (_, i) =>
      differences(before[i], after[i], `${path}[${i}]`),
    ).flat();
  }
  if (isMapping(before) && isMapping(after)) {
    const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
    return [...keys].flatMap((key) =>
      after[key] === undefined && isEmpty(before[key])
        ? []
        : differences(before[key], after[key], path ? `${path}.${key}` : key),
    );
  }
  return [
    {
      path,
      ...(before !== undefined && { before }),
      ...(after !== undefined && { after }),
    },
  ];
}

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
