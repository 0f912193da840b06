/** How pages are read: what a block asks for, and when what is printed is not what the page says. */
import { expect, test } from "vitest";
import { blocksOf, lackingLine } from "./pages/blocks.ts";

const page = (...blocks: string[]): string => `# A page\n\n${blocks.join("\n\nWords.\n\n")}\n`;
const fenced = (info: string, ...lines: string[]): string =>
  ["```" + info, ...lines, "```"].join("\n");

test("commands are typed, run on in a terminal, or have to fail", () => {
  const [typed, failing, running, cloned] = blocksOf(
    page(
      fenced("sh", "ap version"),
      fenced("sh fails", "ap nonsense"),
      fenced("sh terminal", "ap gateway run"),
      fenced("sh terminal clone", "npm start"),
    ),
  );
  expect(typed).toMatchObject({ does: "type", text: "ap version\n", fails: false, line: 3 });
  expect(failing).toMatchObject({ does: "type", fails: true });
  expect(running).toMatchObject({ does: "run", inClone: false });
  expect(cloned).toMatchObject({ does: "run", inClone: true });
});

test("a block below a command is what it prints, one with a file's name is saved, another one is a quotation", () => {
  const blocks = blocksOf(
    page(
      fenced("rust", "fn main() {}"),
      fenced("yaml", "# apis/pets.yaml", "kind: RestApi"),
      fenced("sh", "cat apis/pets.yaml"),
      fenced("yaml", "kind: RestApi"),
      fenced("ts", "export class Late {}"),
    ),
  );
  expect(blocks).toMatchObject([
    { does: "quote", language: "rust" },
    { does: "save", file: "apis/pets.yaml" },
    { does: "type", prints: "kind: RestApi\n" },
    { does: "quote", language: "ts" },
  ]);
});

test("blocks within a list are read without its indentation", () => {
  const [block] = blocksOf("1. Ask:\n\n   ```sh\n   ap status\n   ```\n");
  expect(block).toMatchObject({ does: "type", text: "ap status\n" });
});

test("the first line that is lacking is said", () => {
  const printed = "NAME   STATE\npets   serving\n\nrevision 12 of pets\n";
  expect(lackingLine("NAME STATE\nrevision … of pets", printed)).toBeNull();
  expect(lackingLine("pets serving\nNAME STATE", printed)).toBe("NAME STATE");
  expect(lackingLine("pets serv", printed)).toBe("pets serv");
  expect(lackingLine("revision 1. of pets", printed)).toBe("revision 1. of pets");
});
