/** Documents from a folder, for a gateway that is told what to serve when it starts. */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { reason, UserError } from "../errors.ts";
import { parseBody } from "../model/index.ts";
import type { Control } from "./control.ts";

/** Creates or replaces each document; what is the same as in the store is left alone. */
export async function loadFolder(control: Control, folder: string): Promise<void> {
  const names = (await readdir(folder)).filter((name) => /\.(ya?ml|json)$/.test(name)).sort();
  for (const name of names) {
    const file = join(folder, name);
    try {
      await put(control, parseBody(await readFile(file, "utf8"), name));
    } catch (error) {
      const fields = error instanceof UserError ? error.fields : [];
      const words = fields.map(({ field, message }) => `${field} ${message}`).join("; ");
      throw new UserError(`${file}: ${words || reason(error)}`);
    }
  }
}

async function put(control: Control, document: unknown): Promise<void> {
  const { kind, metadata } = (document ?? {}) as { kind?: unknown; metadata?: { name?: unknown } };
  const row = control.kinds.find((known) => known.kind === kind);
  if (!row) {
    const known = control.kinds.map((known) => known.kind).join(", ");
    throw new UserError(`kind must be one of ${known}, found ${JSON.stringify(kind)}`);
  }
  const handle = String(metadata?.name);
  const current = control.get(handle, row);
  if (!current) await control.put(row, document, { create: true });
  else if (current.source !== JSON.stringify(document))
    await control.put(row, document, { replace: handle, expected: "any" });
}
