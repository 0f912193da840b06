/** `ap policy build --watch`: builds, and builds again whenever a policy's folder changes. */
import type { Io } from "../io.ts";
import { report } from "../report.ts";
import { changeIn } from "../watch.ts";
import { buildToFile, foldersOf, type BuiltFile, type FileOptions } from "./to-file.ts";

/** What the build itself writes into the folder. */
const generated = /^params\.ts$/;

export async function buildAndWatch(
  inputs: readonly string[],
  options: FileOptions,
  io: Io,
  show: (built: BuiltFile) => void,
  signal: AbortSignal = new AbortController().signal,
): Promise<void> {
  const folders = await foldersOf(inputs);
  for (let again = true; again;) {
    // What is saved while it builds must not be missed: the watch begins first.
    const changed = changeIn(folders, generated, signal);
    try {
      show(await buildToFile(inputs, options));
    } catch (error) {
      report(error, io);
    }
    again = await changed;
  }
}
