/** Modules that were not made by this build: material for the host, the checks and `ap policy harden`. */
import { readFile } from "node:fs/promises";
import { gunzipSync } from "node:zlib";
import * as asc from "assemblyscript/asc";

/** The filter in `rust/`, on the Rust SDK. */
export const rustFilter = async (): Promise<Uint8Array> =>
  new Uint8Array(await readFile("test/foreign/rust/two-headers.wasm"));

/** The filter in `go/`, on no SDK. */
export const goFilter = async (): Promise<Uint8Array> =>
  new Uint8Array(gunzipSync(await readFile("test/foreign/go/two-headers.wasm.gz")));

/** The filter in `two-headers.ts`, built on `@gcoredev/proxy-wasm-sdk-as` as its readme says. */
export async function foreignFilter(): Promise<Uint8Array> {
  let wasm: Uint8Array | undefined;
  const { error, stderr } = await asc.main(
    [
      "test/foreign/two-headers.ts",
      ...["--use", "abort=abort_proc_exit", "--exportStart", "_initialize"],
      ...[
        "-O3",
        "--outFile",
        "two-headers.wasm",
        "--config",
        "node_modules/@assemblyscript/wasi-shim/asconfig.json",
      ],
    ],
    {
      stdout: asc.createMemoryStream(),
      stderr: asc.createMemoryStream(),
      writeFile: (_name: string, contents: Uint8Array | string) => {
        wasm = contents as Uint8Array;
      },
    },
  );
  if (error || !wasm) throw new Error(stderr.toString());
  return wasm;
}
