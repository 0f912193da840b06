/** Tells of changes below folders and of files, once for those that come together. */
import { watch, type FSWatcher } from "node:fs";
import { stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

/** Editors write in several steps: changes within this time are one. */
const settleMs = 40;

/** What the build itself writes, and what editors leave beside a file. */
const own = (name: string): boolean =>
  /(^|\/)(params\.ts|node_modules|build)$/.test(name) || /(^|\/)\.|~$|\.swp$/.test(name);

/** `changed` is given the paths, as they were named here, below which something changed. */
export async function watchPaths(
  paths: readonly string[],
  changed: (paths: string[]) => void,
): Promise<{ close(): void }> {
  const dirty = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  const note = (path: string): void => {
    dirty.add(path);
    clearTimeout(timer);
    timer = setTimeout(() => {
      const all = [...dirty];
      dirty.clear();
      changed(all);
    }, settleMs);
  };
  const watchers: FSWatcher[] = [];
  for (const path of paths) {
    const folder = (await stat(path)).isDirectory();
    // A file that is replaced is another one: its folder tells of both.
    const at = folder ? path : dirname(path);
    const mine = (name: string): boolean => folder || name === basename(path);
    watchers.push(
      watch(at, { recursive: folder }, (_, name) => {
        if (name !== null && mine(name) && !own(join(name))) note(path);
      }),
    );
  }
  return {
    close() {
      clearTimeout(timer);
      for (const one of watchers) one.close();
    },
  };
}
