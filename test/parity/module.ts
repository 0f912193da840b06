/** The module that both hosts run. */
import { build } from "../../cli/build/index.ts";

export async function parityModule(): Promise<Uint8Array> {
  const probes = ["headers", "bodies", "chunks"].map((name) => `test/parity/probes/${name}`);
  const { wasm } = await build([...probes, "policies/set-headers"]);
  return wasm;
}
