/** What is kept on the disk and run later must be of whoever runs it: in a shared cache somebody else may have put it there. */
import { mkdir, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { reason, UserError } from "../errors.ts";

/** False when another user but root owns the file or its folder, or everybody may write it. */
export async function isOwn(path: string): Promise<boolean> {
  const self = process.getuid?.();
  const found = await Promise.all([stat(path), stat(dirname(path))]);
  return (
    self === undefined ||
    found.every(({ uid, mode }) => (uid === 0 || uid === self) && (mode & 0o002) === 0)
  );
}

/** Makes a folder of the cache. Throws what to do where none can be kept. */
export async function keep(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true }).catch((error: unknown) => {
    throw new UserError(
      `${folder}: cannot be made: ${reason(error)}; set XDG_CACHE_HOME to a folder that can be written`,
    );
  });
}
