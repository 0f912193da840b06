/** Follows a folder: looks at it now and then, and applies what is new. What cannot be applied leaves everything as it was. */
import type { Log } from "../log.ts";
import type { Control } from "../deploy/control.ts";
import { reason, UserError } from "../errors.ts";
import { applyDocuments } from "./apply.ts";
import { readFolder } from "./read.ts";

export interface FolderOptions {
  folder: string;
  intervalMs: number;
}

/** Settles when the folder was applied, or refused, for the first time. Returns how to end it. */
export async function watchFolder(
  control: Control,
  { folder, intervalMs }: FolderOptions,
  log: Log,
): Promise<() => Promise<void>> {
  let applied = "";
  let seen = "";
  const look = async (first = false): Promise<void> => {
    try {
      const { digest, documents, faults } = await readFolder(folder, control.kinds);
      // A checkout takes a while: only what two looks find the same is whole.
      const settled = first || digest === seen;
      seen = digest;
      if (digest === applied || !settled) return;
      // Also a content that is refused is not tried and told again until it changes.
      applied = digest;
      if (faults.length > 0) throw new UserError("documents that cannot be read", faults);
      const lines = await applyDocuments(control, documents);
      log(
        `${folder}: ${documents.length} documents, ${lines.length > 0 ? "applied:" : "nothing new"}`,
        "info",
      );
      for (const line of lines) log(`  ${line}`, "info");
    } catch (error) {
      log(`${folder}: nothing was applied: ${reason(error)}`, "error");
      const fields = error instanceof UserError ? error.fields : [];
      for (const { field, message } of fields) log(`  ${field}: ${message}`, "error");
      // A folder or a store that is away may come back with the same content.
      if (!(error instanceof UserError)) applied = "";
    }
  };
  await look(true);
  let ended = false;
  let timer: NodeJS.Timeout;
  let looking: Promise<void> = Promise.resolve();
  const again = (): void => {
    timer = setTimeout(() => {
      looking = look().then(() => {
        if (!ended) again();
      });
    }, intervalMs);
    timer.unref();
  };
  again();
  return async () => {
    ended = true;
    clearTimeout(timer);
    await looking;
  };
}
