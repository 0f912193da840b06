/**
 * The page of the SDK: what `sdk/index.ts` exports, with the comments that stand there. Sources are read line by line, which
 * the formatter's layout allows: a member has two spaces before it, and its comment is right above.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { packageRoot } from "../../package-root.ts";
import { page } from "../markdown.ts";

export async function sdkPage(): Promise<string> {
  const [index, feed] = await Promise.all(["index.ts", "feed.ts"].map(source));
  const exported = [...index!.matchAll(/^export \{([^}]+)\} from "(.+)";$/gm)].flatMap(
    ([, names, file]) => names!.match(/\w+/g)!.map((name) => ({ name, file: `${file}.ts` })),
  );
  const looking = [...feed!.matchAll(/^export (?:class|function) (\w+)/gm)].map(([, name]) => ({
    name: name!,
    file: "feed.ts",
  }));
  return page(
    "# The SDK",
    "What a policy imports from `sluice/sdk`. Pure helpers (JSON, regular expressions, times, addresses, hashes, tokens) are in " +
      "[`sluice/sdk/std`](../../sdk/std/README.md), keys and subscriptions in `sluice/sdk/feed`, below.",
    ...(await sections(exported)),
    "# `sluice/sdk/feed`",
    commentOf(feed!.split("\n")),
    ...(await sections(looking)),
  );
}

interface Exported {
  name: string;
  file: string;
}

const source = (file: string): Promise<string> => readFile(join(packageRoot, "sdk", file), "utf8");

const sections = async (exported: readonly Exported[]): Promise<string[]> =>
  (await Promise.all(exported.map(section))).flat();

async function section({ name, file }: Exported): Promise<string[]> {
  const lines = (await source(file)).split("\n");
  const at = lines.findIndex((line) => declares(line, name));
  const end = lines.findIndex((line, i) => i >= at && /^[})]/.test(line));
  const [, parent] = / extends ([\w<>]+)/.exec(lines[at]!) ?? [];
  const whole = lines.slice(at, end);
  // A policy is an object with handlers, which stand in a class of their own for the build.
  const isFunction = lines[at]!.startsWith("export function");
  const inner = isFunction
    ? [signature(lines, at)]
    : parent === "Handlers"
      ? handlers(lines)
      : membersOf(whole);
  return [
    `## \`${name}\``,
    commentAbove(lines, at) ||
      (file !== "feed.ts" && lines[at]!.includes(" class ") && !parent ? commentOf(lines) : ""),
    parent && parent !== "Handlers" ? `Has what \`${parent}\` has.` : "",
    inner.length > 0 ? code(inner) : "",
  ].filter(Boolean);
}

const handlers = (lines: readonly string[]): string[] => {
  const from = lines.findIndex((line) => declares(line, "Handlers"));
  return membersOf(lines.slice(from, lines.indexOf("}", from)));
};

const declares = (line: string, name: string): boolean =>
  new RegExp(`^export (abstract class|class|enum|function) ${name}\\b`).test(line);

const code = (lines: readonly string[]): string => `\`\`\`ts\n${lines.join("\n")}\n\`\`\``;

/** Each with its comment, without what only the engine calls or can make. */
function membersOf(lines: readonly string[]): string[] {
  return lines.flatMap((line, i) => {
    if (!/^ {2}(readonly |static |get |set )*[A-Za-z]\w*(<\w+>)?( = |[(:])/.test(line)) return [];
    const comment = commentAbove(lines, i);
    const text = signature(lines, i);
    if (
      comment.startsWith("Owned by the engine") ||
      /^constructor\(\)|BufferType|HeaderMap/.test(text)
    )
      return [];
    return [...(comment ? [`/** ${comment} */`] : []), text];
  });
}

/** From its first line to where its body or value begins, on one line. */
function signature(lines: readonly string[], at: number): string {
  const first = lines[at]!;
  const end = first.endsWith("(") ? lines.findIndex((line, i) => i > at && /^ *\)/.test(line)) : at;
  const whole = lines
    .slice(at, end + 1)
    .map((line) => line.trim())
    .join(" ")
    .replace(/^export /, "")
    .replace(/\b(private|public) (readonly )?/g, "")
    .replace(/\s*(\{\}?|[,;])$/, "")
    .replace("( ", "(")
    .replace(/, \)/, ")");
  // A field's first value is nobody's business; an enum's is its number.
  return `${/^[^(]*: [^(]* = /.test(whole) ? whole.replace(/ = .*/, "") : whole};`;
}

/** The comment that ends right above a line. */
function commentAbove(lines: readonly string[], at: number): string {
  if (!lines[at - 1]?.trim().endsWith("*/")) return "";
  let from = at - 1;
  while (!lines[from]!.trim().startsWith("/**")) from--;
  return textOf(lines.slice(from, at));
}

/** The file's own. */
const commentOf = (lines: readonly string[]): string =>
  lines[0]?.startsWith("/**")
    ? textOf(lines.slice(0, lines.findIndex((line) => line.endsWith("*/")) + 1))
    : "";

const textOf = (lines: readonly string[]): string =>
  lines
    .map((line) =>
      line
        .replace(/^\s*\/?\*+\/?/, "")
        .replace(/\*\/$/, "")
        .trim(),
    )
    .join(" ")
    .trim();
