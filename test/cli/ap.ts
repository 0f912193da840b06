/** `ap` as a user types it, in this process, with a home folder of its own. */
import { mkdtemp, rm } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
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
  const { HOME, XDG_CACHE_HOME } = process.env;
  // Envoy's copy stays where it is: fetching one into every home would take longer than the tests.
  process.env["XDG_CACHE_HOME"] = XDG_CACHE_HOME ?? join(homedir(), ".cache");
  process.env["HOME"] = folder;
  return {
    folder,
    restore: async () => {
      for (const [name, before] of Object.entries({ HOME, XDG_CACHE_HOME }))
        if (before === undefined) delete process.env[name];
        else process.env[name] = before;
      await rm(folder, { recursive: true, force: true });
    },
  };
}
