/** Waiting for files to change: what was saved together comes as one change. */
import { watch } from "node:fs";

/** Editors write a file in several steps. */
const TOGETHER_MS = 30;

/** Settles when something in one of the folders or files has changed; false when `signal` ended the waiting. */
export function changeIn(
  paths: readonly string[],
  ignored: RegExp,
  signal: AbortSignal,
): Promise<boolean> {
  return new Promise((resolve) => {
    let timer: NodeJS.Timeout | undefined;
    const end = (changed: boolean) => {
      clearTimeout(timer);
      for (const one of watchers) one.close();
      signal.removeEventListener("abort", stop);
      resolve(changed);
    };
    const stop = () => end(false);
    const watchers = paths.map((path) =>
      watch(path, (_, name) => {
        if (name && ignored.test(name)) return;
        clearTimeout(timer);
        timer = setTimeout(() => end(true), TOGETHER_MS);
      }),
    );
    signal.addEventListener("abort", stop);
    if (signal.aborted) stop();
  });
}
