/** The body of a request: text in UTF-8, as JSON or YAML. */
import type { Context } from "hono";
import { UserError } from "../../errors.ts";
import { parseBody } from "../../model/text/body.ts";

/** A body in a form that is not taken, whatever is in it: 415. */
export class Unsupported extends Error {}

/** What was sent, as a value. */
export const bodyOf = async (c: Context): Promise<unknown> =>
  parseBody(await textOf(c), c.req.header("content-type"));

/** The same where parsers' words would quote secrets; null when nothing was sent. */
export async function secretBodyOf(c: Context): Promise<unknown> {
  const text = await textOf(c);
  if (text.trim() === "") return null;
  try {
    return parseBody(text, c.req.header("content-type"));
  } catch {
    throw new UserError("Failed to parse the body: expected JSON or YAML");
  }
}

/** As it is, for what is no text. */
export async function bytesOf(c: Context): Promise<Uint8Array> {
  const coding = c.req.header("content-encoding") ?? "identity";
  if (coding.trim().toLowerCase() !== "identity")
    throw new Unsupported(`expected a body without a content encoding, found ${coding}`);
  return new Uint8Array(await c.req.arrayBuffer());
}

async function textOf(c: Context): Promise<string> {
  const [, charset = "utf-8"] =
    /;\s*charset\s*=\s*"?([^\s;"]+)/i.exec(c.req.header("content-type") ?? "") ?? [];
  if (!/^(utf-?8|us-ascii)$/i.test(charset))
    throw new Unsupported(`expected a body in UTF-8, found ${charset}`);
  const bytes = await bytesOf(c);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    // With signs in place of what cannot be read it would be another document.
    throw new UserError("Failed to parse configuration: it is not UTF-8");
  }
}
