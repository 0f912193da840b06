/** `ap policy harden`: a module from anywhere, checked and made safe. */
import { readFile, writeFile } from "node:fs/promises";
import { checkModule } from "../../controller/modules/check.ts";
import { UserError, reason } from "../../controller/errors.ts";
import { harden, type HardenOptions } from "../build/harden/index.ts";
import { parse } from "../build/wasm/module.ts";

export async function hardenFile(
  input: string,
  output: string,
  options: HardenOptions = {},
): Promise<{ meters: number; before: number; after: number }> {
  const bytes = new Uint8Array(await readFile(input));
  checkModule(bytes);
  try {
    const { bytes: safe, meters } = harden(parse(bytes), options);
    await WebAssembly.compile(safe as BufferSource);
    await writeFile(output, safe);
    return { meters, before: bytes.length, after: safe.length };
  } catch (error) {
    throw new UserError(`${input}: cannot be hardened: ${reason(error)}`);
  }
}
