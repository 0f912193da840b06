/**
 * What a page of documentation asks its reader to do, by its fenced blocks:
 *
 * - `sh` is typed, all blocks of a page in one shell; `sh fails` has to fail; `sh terminal` runs on in a terminal of its own,
 *   `sh terminal clone` does so in a clone of the repository;
 * - a block whose first line is a comment with a file's name, such as `# pets.yaml`, is saved as that file;
 * - any other block below a command is what it prints: its lines in their order, others between them, `…` for what changes;
 * - any other block is a quotation: it stands, letter by letter, in a file of the repository.
 */
export type Block = {
  /** Of the fence, from 1. */
  line: number;
  language: string;
  text: string;
} & (
  | { does: "type"; fails: boolean; prints: string | null }
  | { does: "run"; inClone: boolean; prints: string | null }
  | { does: "save"; file: string }
  | { does: "quote" }
);

const fence = /^( *)```(.*)\n([^]*?)^\1```$/gm;

export function blocksOf(markdown: string): Block[] {
  const blocks: Block[] = [];
  for (const { index, 1: indent = "", 2: info = "", 3: body = "" } of markdown.matchAll(fence)) {
    const [language = "", ...words] = info.trim().split(/\s+/);
    const text = body.replaceAll(new RegExp(`^${indent}`, "gm"), "");
    const line = markdown.slice(0, index).split("\n").length;
    const base = { line, language, text };
    const prints = null;
    const before = blocks.at(-1);
    const [, file] = /^(?:#|\/\/) (\S+\.\w+)\n/.exec(text) ?? [];
    if (language === "sh" && words.includes("terminal"))
      blocks.push({ ...base, does: "run", inClone: words.includes("clone"), prints });
    else if (language === "sh")
      blocks.push({ ...base, does: "type", fails: words.includes("fails"), prints });
    else if (file) blocks.push({ ...base, does: "save", file });
    else if (printsNothingYet(before)) before.prints = text;
    else blocks.push({ ...base, does: "quote" });
  }
  return blocks;
}

type Printing = Block & { prints: string | null };

const printsNothingYet = (block: Block | undefined): block is Printing =>
  block !== undefined && "prints" in block && block.prints === null;

/** The first line of `expected` that `printed` lacks, in their order; null if it has all. How wide gaps are is nothing. */
export function lackingLine(expected: string, printed: string): string | null {
  const lines = linesOf(printed);
  for (const line of linesOf(expected)) {
    const pattern = new RegExp(`^${line.split("…").map(escaped).join(".*")}$`);
    const found = lines.findIndex((one) => pattern.test(one));
    if (found < 0) return line;
    lines.splice(0, found + 1);
  }
  return null;
}

const linesOf = (text: string): string[] =>
  text.split("\n").flatMap((line) => line.trim().replace(/\s+/g, " ") || []);

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
