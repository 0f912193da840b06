/**
 * Does what a page says, in a folder of its own. Ports are the page's only words that change: others may run beside this
 * test, so that each stands for a free one, also in what is printed.
 */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { packageRoot } from "../../../cli/package-root.ts";
import { blocksOf, lackingLine, type Block } from "./blocks.ts";
import type { Installation } from "./installation.ts";
import type { Ports } from "./ports.ts";
import { Shell, Terminal } from "./shell.ts";

export interface Visit {
  /** What the page left running. */
  terminals: Terminal[];
  folder: string;
}

export async function follow(
  file: string,
  { folder: root, env, clone }: Installation,
  ports: Ports,
): Promise<Visit> {
  const folder = join(root, "pages", file.replace(/\W+/g, "-"));
  await mkdir(folder, { recursive: true });
  const place = { cwd: folder, env: { ...env, ...ports.env } };
  const shell = new Shell(place);
  const terminals: Terminal[] = [];
  const lacks = (expected: string | null) => (printed: string) =>
    expected === null ? null : lackingLine(expected, ports.asPrinted(printed));

  const step: { [does in Block["does"]]: (block: Block & { does: does }) => Promise<void> } = {
    type: async ({ text, fails, prints }) => {
      const printed = await shell.type(ports.asBound(text), { fails });
      const lacking = lacks(prints)(printed);
      if (lacking !== null) throw new Error(`"${lacking}" is not printed:\n${printed}`);
    },
    run: async ({ text, inClone, prints }) => {
      const cwd = inClone ? await clone() : folder;
      const terminal = new Terminal(ports.asBound(text), { ...place, cwd });
      terminals.push(terminal);
      await terminal.shows(lacks(prints));
    },
    save: async ({ file, text }) => {
      await mkdir(dirname(join(folder, file)), { recursive: true });
      await writeFile(join(folder, file), ports.asBound(text));
    },
    quote: async () => {},
  };
  try {
    for (const block of blocksOf(await readFile(join(packageRoot, file), "utf8")))
      await (step[block.does] as (block: Block) => Promise<void>)(block).catch((error: Error) => {
        throw new Error(`${file}:${block.line}: ${error.message}`);
      });
  } catch (error) {
    await close({ terminals, folder });
    throw error;
  } finally {
    await shell.close();
  }
  return { terminals, folder };
}

export const close = async ({ terminals }: Visit): Promise<void> =>
  void (await Promise.all(terminals.map((one) => one.close())));
