/**
 * Conditional requests: what a caller knows of a document, by the tag that an answer gave. A tag names the revision and
 * the document: one that was taken away and made anew counts from 1 again, and is another.
 */
import type { Context } from "hono";
import { Conflict, type Expected } from "../../store/expected.ts";
import type { Artifact } from "../../store/store.ts";

export const etag = ({ revision, uuid }: Pick<Artifact, "revision" | "uuid">): string =>
  `"${revision}-${uuid.slice(0, 8)}"`;

/** Whether the caller has what is there: `If-None-Match`. */
export function isKnown(c: Context, artifact: Artifact): boolean {
  const header = c.req.header("if-none-match");
  return header !== undefined && names(header, etag(artifact), { weak: true });
}

/** What a change must find, by `If-Match`; refuses what the conditions exclude already. */
export function expected(c: Context, artifact: Artifact): Expected {
  if (isKnown(c, artifact))
    throw new Conflict("revision", `If-None-Match excludes what is there: ${etag(artifact)}`);
  const header = c.req.header("if-match");
  if (header === undefined || header.trim() === "*") return "some";
  // What is no list of tags names none.
  if (!names(header, etag(artifact), { weak: false }))
    throw new Conflict(
      "revision",
      `If-Match names ${header || "nothing"}, found ${etag(artifact)}`,
    );
  return artifact;
}

const tag = String.raw`(?:W\/)?"[!#-~\x80-\xff]*"`;
const list = new RegExp(`^\\s*${tag}(?:\\s*,\\s*${tag})*\\s*$`);

function names(header: string, wanted: string, { weak }: { weak: boolean }): boolean {
  if (header.trim() === "*") return true;
  if (!list.test(header)) return false;
  const tags = header.match(new RegExp(tag, "g")) ?? [];
  return tags.some((one) => one === wanted || (weak && one === `W/${wanted}`));
}
