/** A folder of documents for a gateway that is told what to serve when it starts: all of them, or it does not start. */
import type { Control } from "../deploy/control.ts";
import { UserError } from "../errors.ts";
import { applyDocuments } from "./apply.ts";
import { readFolder } from "./read.ts";

/** What came from the folder before and is there no longer goes. */
export async function loadFolder(control: Control, folder: string): Promise<void> {
  const { documents, faults } = await readFolder(folder, control.kinds);
  if (faults.length > 0) throw new UserError(`${folder}: documents that cannot be read`, faults);
  await applyDocuments(control, documents).catch((error: unknown) => {
    if (!(error instanceof UserError)) throw error;
    throw new UserError(`${folder}: ${error.message}`, error.fields);
  });
}
