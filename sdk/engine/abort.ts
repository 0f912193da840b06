/** Where `abort` ends up, and what it was told. Imports nothing, so that nothing runs before it. */

/** What `abort` was called with; static texts of the module, so addresses stay good. */
export let abortMessage: usize = 0;
export let abortFile: usize = 0;
export let abortLine: u32 = 0;
export let abortColumn: u32 = 0;

export function clearAbort(): void {
  abortMessage = 0;
  abortFile = 0;
}

/** In place of the compiler's own `abort`, which would import a function that Envoy does not have. */
export function abort(message: string | null, file: string | null, line: u32, column: u32): void {
  abortMessage = message === null ? 0 : changetype<usize>(message);
  abortFile = file === null ? 0 : changetype<usize>(file);
  abortLine = line;
  abortColumn = column;
  unreachable();
}

/** Ends the running handler as failed, for a reason that is the policy author's to fix. */
export function complain(message: string): void {
  abortMessage = changetype<usize>(message);
  abortFile = 0;
  unreachable();
}
