/** `ap` as a user types it, in this process, with a home folder of its own. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { io } from "../../cli/io.ts";
import { main } from "../../cli/main.ts";

export interface Typed {
  code: number;
  out: string;
  err: string;
}

export async function ap(...argv: string[]): Promise<Typed> {
  let out = "";
  let err = "";
  const code = await main(
    argv,
    io(
      (text) => (out += text),
      (text) => (err += text),
    ),
  );
  return { code, out, err };
}

/** Sets HOME until `restore`. */
export async function ownHome(): Promise<{ folder: string; restore: () => Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), "sluice-home-"));
  const before = process.env["HOME"];
  process.env["HOME"] = folder;
  return {
    folder,
    restore: async () => {
      if (before === undefined) delete process.env["HOME"];
      else process.env["HOME"] = before;
      await rm(folder, { recursive: true, force: true });
    },
  };
}
