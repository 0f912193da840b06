/**
 * What a module of ours shows of itself. Which policy runs: its global `p` holds the address of the running link of the chain,
 * whose second field is the policy's name, a text of the compiler's making: UTF-16, with its size in front.
 */
import type { Memory } from "./memory.ts";

const nameField = 4;
const sizeBefore = 4;

/** Null for modules from elsewhere. `p` is the running link, `f` the instructions that a handler gets. */
export function ownGlobal(
  name: "p" | "f",
  compiled: WebAssembly.Module,
  exports: WebAssembly.Exports,
): WebAssembly.Global | null {
  if (WebAssembly.Module.customSections(compiled, "sluice.manifest").length === 0) return null;
  const found = exports[name];
  return found instanceof WebAssembly.Global && typeof found.value === "number" ? found : null;
}

export function runningPolicy(link: WebAssembly.Global, memory: Memory): string | null {
  const address = Number(link.value);
  if (address === 0) return null;
  const name = memory.u32(address + nameField);
  const size = memory.u32(name - sizeBefore);
  return Buffer.from(memory.bytes(name, size)).toString("utf16le");
}
