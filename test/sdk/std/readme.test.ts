/** The examples in the library's README compile as they stand there. */
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import * as asc from "assemblyscript/asc";
import { expect, test } from "vitest";

const root = join(dirname(fileURLToPath(import.meta.url)), "../../..");
const readme = readFileSync(join(root, "sdk/std/README.md"), "utf8");
const examples = [...readme.matchAll(/```ts\n([^]*?)```/g)].map((found) => found[1]!);

test.each(examples.map((example, i) => [i + 1, example] as const))(
  "example %i",
  async (_, example) => {
    const { error, stderr } = await asc.main(["example.ts", "--runtime", "stub", "--noEmit"], {
      readFile: (name: string) => {
        if (name === "asconfig.json") return null;
        if (name === "example.ts") return example.replaceAll('"sluice/', '"./');
        try {
          return readFileSync(join(root, name), "utf8");
        } catch {
          return null;
        }
      },
      writeFile: () => undefined,
      listFiles: () => [],
    });
    expect(error ? stderr.toString() : "").toBe("");
  },
);

test("every subject is in the table", () => {
  for (const subject of ["encoding", "regex", "json", "time", "net", "crypto", "cel", "jwt"]) {
    expect(readme).toContain(`| \`${subject}/\``);
  }
});
