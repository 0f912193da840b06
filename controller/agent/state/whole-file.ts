/** A file that is the old one or the new one, whole, whatever ends the process or the machine while it is written. */
import { open, rename } from "node:fs/promises";
import { dirname } from "node:path";

/** Readable by its owner alone. */
export async function writeWhole(path: string, parts: Iterable<Uint8Array>): Promise<void> {
  const partial = `${path}.new`;
  const file = await open(partial, "w", 0o600);
  try {
    for (const part of parts) await file.appendFile(part);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(partial, path);
  const folder = await open(dirname(path), "r");
  // The new name is on the disk only when its folder is.
  await folder.sync().finally(() => folder.close());
}
