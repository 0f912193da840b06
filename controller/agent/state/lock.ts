/**
 * One agent for a state folder: two would write over each other. What is held is the lock of a SQLite file, because the
 * system lets go of it when a process ends, however that comes, also where process numbers mean nothing to each other.
 */
import { chmod } from "node:fs/promises";
import { join } from "node:path";
import { reason, UserError } from "../../errors.ts";
import { loadSqlite } from "../../store/sqlite.ts";

/** Throws a UserError when another process, or another agent of this one, has it. */
export async function lockFolder(folder: string): Promise<{ release(): void }> {
  const DatabaseSync = await loadSqlite();
  const file = join(folder, "lock");
  const database = new DatabaseSync(file);
  try {
    await chmod(file, 0o600);
    database.exec("pragma busy_timeout = 0");
    database.exec("begin exclusive");
  } catch (error) {
    database.close();
    if (!/locked|busy/i.test(reason(error))) throw error;
    throw new UserError(
      `--state: expected a folder that no other agent uses, found ${folder}, which one does`,
    );
  }
  return { release: () => database.close() };
}
