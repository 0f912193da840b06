/** The documents of a folder: every `.yaml`, `.yml` and `.json` below it, each with one document or several. */
import { createHash } from "node:crypto";
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { reason, UserError, type FieldError } from "../errors.ts";
import { parseBody } from "../model/text/body.ts";
import { type ResourceKind } from "../model/index.ts";

export interface FolderDocument {
  /** Where it stands, for messages. */
  file: string;
  kind: ResourceKind;
  handle: string;
  source: Record<string, unknown>;
}

export interface FolderContent {
  /** The same for the same content. */
  digest: string;
  documents: FolderDocument[];
  faults: FieldError[];
}

const maxFiles = 10_000;
const maxFileBytes = 8 * 1_048_576;

export async function readFolder(
  folder: string,
  kinds: readonly ResourceKind[],
): Promise<FolderContent> {
  const names = (await readdir(folder, { recursive: true }))
    // Hidden ones are editors' and, in Kubernetes, the folders behind the links.
    .filter(
      (name) =>
        /\.(ya?ml|json)$/.test(name) && !name.split("/").some((part) => part.startsWith(".")),
    )
    .sort();
  if (names.length > maxFiles)
    throw new UserError(`${folder}: expected at most ${maxFiles} files, found ${names.length}`);
  const content: FolderContent = { digest: "", documents: [], faults: [] };
  const hash = createHash("sha256");
  const seen = new Map<string, string>();
  for (const name of names) {
    const file = join(folder, name);
    const { size } = await stat(file);
    if (size > maxFileBytes)
      throw new UserError(`${file}: expected at most ${maxFileBytes} bytes, found ${size}`);
    const text = await readFile(file, "utf8");
    hash.update(`${name}\0${text.length}\0${text}`);
    for (const part of name.endsWith(".json") ? [text] : text.split(/^---(?=\s|$)/m))
      if (part.replace(/^\s*#.*$/gm, "").trim()) readPart(part, name, content, seen, kinds);
  }
  return { ...content, digest: hash.digest("hex") };
}

function readPart(
  text: string,
  name: string,
  { documents, faults }: FolderContent,
  seen: Map<string, string>,
  kinds: readonly ResourceKind[],
): void {
  const fault = (message: string) => void faults.push({ field: name, message });
  try {
    const source = parseBody(text, name) as Record<string, unknown> | null;
    const kind = kinds.find((known) => known.kind === source?.kind);
    if (!source || !kind) {
      const known = kinds.map((one) => one.kind).join(", ");
      return fault(`kind must be one of ${known}, found ${JSON.stringify(source?.kind)}`);
    }
    const { metadata } = source as { metadata?: { name?: unknown } };
    const handle = String(metadata?.name ?? "");
    const other = seen.get(handle);
    if (other) fault(`'${handle}' is in ${other} too`);
    seen.set(handle, name);
    documents.push({ file: name, kind, handle, source });
  } catch (error) {
    fault(reason(error));
  }
}
