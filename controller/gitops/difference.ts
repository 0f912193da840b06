/** What differs between two documents, one line for each field, without secrets. */
import { isDeepStrictEqual } from "node:util";
import { redact } from "../people/redact.ts";

const maxLines = 20;
const maxLength = 120;

export function difference(before: unknown, after: unknown): string[] {
  const lines: string[] = [];
  compare(redact(before), redact(after), "", lines);
  // Only what is hidden changed.
  if (lines.length === 0) lines.push("a value that is not shown");
  const left = lines.length - maxLines;
  return left > 0 ? [...lines.slice(0, maxLines), `and ${left} more`] : lines;
}

function compare(before: unknown, after: unknown, path: string, lines: string[]): void {
  if (isDeepStrictEqual(before, after)) return;
  if (isTree(before) && isTree(after) && Array.isArray(before) === Array.isArray(after)) {
    for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
      const inner = Array.isArray(before) ? `${path}[${key}]` : path ? `${path}.${key}` : key;
      compare(before[key], after[key], inner, lines);
    }
    return;
  }
  if (before === undefined) lines.push(`${path}: now ${short(after)}`);
  else if (after === undefined) lines.push(`${path}: was ${short(before)}`);
  else lines.push(`${path}: ${short(before)} → ${short(after)}`);
}

const isTree = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null;

const short = (value: unknown): string => {
  const text = JSON.stringify(value) ?? "nothing";
  return text.length > maxLength ? `${text.slice(0, maxLength)}…` : text;
};
