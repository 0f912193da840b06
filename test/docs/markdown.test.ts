/** What holds for every page: its links lead somewhere, and each of its blocks is done, checked or a quotation. */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { describe, expect, test } from "vitest";
import { packageRoot } from "../../cli/package-root.ts";
import { blocksOf } from "./pages/blocks.ts";
import { pages } from "./pages/index.ts";

const git = (...args: string[]): string[] =>
  execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard", ...args], {
    cwd: packageRoot,
    encoding: "utf8",
  })
    .split("\n")
    .filter((file) => file && existsSync(join(packageRoot, file)));

const read = (file: string): string => readFileSync(join(packageRoot, file), "utf8");
const all = git("*.md");
/** Written from the code, and checked where they are written; the examples of sdk/std are compiled by a test of its own. */
const generated = all.filter((file) => /^(policies\/.*\/README|docs\/reference\/)/.test(file));
const own = all.filter((file) => !generated.includes(file) && file !== "sdk/std/README.md");

describe("links", () => {
  test.each(all)("of %s", (file) => {
    const dead = [
      ...read(file)
        .replace(/``.*?``|`[^`\n]*`/g, "")
        .matchAll(/\]\(([^)\s]+)\)/g),
    ]
      .map(([, target]) => target!)
      .filter((target) => !/^https?:/.test(target) && !leads(file, target));
    expect(dead).toEqual([]);
  });
});

test.each(own)("files that %s names are there", (file) => {
  const named = [
    ...read(file).matchAll(/`((?:sdk|host-sim|policies|cli|controller|test|docs)\/[^`\s]*)`/g),
  ]
    .map(([, path]) => path!)
    .filter((path) => !/[<*…]/.test(path));
  const missing = named.filter((path) => !existsSync(join(packageRoot, path)));
  expect(missing).toEqual([]);
});

test("every script that a page names is there", () => {
  const { scripts } = JSON.parse(read("package.json")) as { scripts: Record<string, string> };
  const named = own.flatMap((file) =>
    [...read(file).matchAll(/npm run (?:-s )?([\w:-]+)/g)].map(([, script]) => script!),
  );
  expect(named.filter((script) => !(script in scripts))).toEqual([]);
});

test("the index leads to every page", () => {
  const index = read("docs/README.md");
  const hidden = all
    .filter((file) => /^docs\/.+\//.test(file))
    .filter((file) => !index.includes(`](${file.slice("docs/".length)})`));
  expect(hidden).toEqual([]);
});

function leads(file: string, target: string): boolean {
  const [path = "", anchor] = target.split("#");
  const to = path ? normalize(join(dirname(file), path)) : file;
  if (!existsSync(join(packageRoot, to))) return false;
  return anchor === undefined || anchorsOf(read(to)).includes(anchor);
}

/** As they are made of headings where Markdown is shown. */
const anchorsOf = (markdown: string): string[] =>
  [...markdown.matchAll(/^#+ (.+)$/gm)].map(([, heading]) =>
    heading!
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, "")
      .replaceAll(" ", "-"),
  );

describe("blocks", () => {
  test("a page with commands is one of those that are done", () => {
    const withCommands = own.filter((file) =>
      blocksOf(read(file)).some(({ does }) => does !== "quote"),
    );
    expect(withCommands.filter((file) => !pages.includes(file))).toEqual([]);
  });

  test.each(own)("every file that %s has is used by its commands", (file) => {
    const blocks = blocksOf(read(file));
    const typed = blocks.flatMap((block) =>
      block.does === "type" || block.does === "run" ? block.text : [],
    );
    const all = typed.join("\n");
    const used = (name: string): boolean =>
      // What `ap gateway` reads by itself, and what lies in a folder that a command names.
      (name === "gateway.yaml" && all.includes("ap gateway run")) ||
      all.includes(name.replace(/\/.*/, ""));
    expect(
      blocks.flatMap((block) => (block.does === "save" && !used(block.file) ? block.file : [])),
    ).toEqual([]);
  });

  const sources = git("sdk", "host-sim", "policies", "test", "cli", "controller")
    .filter((file) => !/\.(md|wasm|gz)$/.test(file))
    .map((file) => plain(read(file)));

  test.each(own)("what %s quotes stands in the code", (file) => {
    const quotes = blocksOf(read(file)).filter(({ does }) => does === "quote");
    const invented = quotes
      .filter(({ text }) => !sources.some((source) => source.includes(plain(text))))
      .map(({ line }) => `${file}:${line}`);
    expect(invented).toEqual([]);
  });
});

/** How it is laid out is nothing. */
function plain(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}
