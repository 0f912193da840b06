/** Resources from files, folders, patterns and standard input: every document of each, with where it was found. */
import { readFile, readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { parseAllDocuments, type Document as YamlDocument } from "yaml";
import { reason } from "../../controller/errors.ts";
import { plainValue } from "../../controller/model/text/yaml.ts";
import { CommandError, Exit, usage } from "../errors.ts";
import { yamlFault } from "../yaml-fault.ts";

export interface Document {
  apiVersion?: string;
  kind: string;
  metadata: { name: string };
  spec: Record<string, unknown>;
}

export interface Resource {
  document: Document;
  /** File and line. */
  where: string;
}

export async function readResources(
  inputs: readonly string[],
  stdin: () => Promise<string>,
): Promise<Resource[]> {
  const found: Resource[] = [];
  if (inputs.length === 0) throw usage("give the files with -f");
  for (const input of inputs) {
    if (input === "-") found.push(...parseResources(await stdin(), "standard input"));
    else
      for (const file of await filesOf(input))
        found.push(...parseResources(await readFile(file, "utf8"), file));
  }
  if (found.length === 0)
    throw new CommandError("AP-NOTHING", `${inputs.join(", ")}: no resources found`, Exit.Failed);
  return found;
}

/** One document would undo the other. */
export function refuseTwins(resources: readonly Resource[]): void {
  const seen = new Map<string, string>();
  for (const { document, where } of resources) {
    const name = `${document.kind} ${document.metadata.name}`;
    const first = seen.get(name);
    if (first)
      throw new CommandError("AP-TWICE", `${where}: ${name} is in ${first} too`, Exit.Usage);
    seen.set(name, where);
  }
}

async function filesOf(input: string): Promise<string[]> {
  const found = await stat(input).catch(() => null);
  if (found?.isDirectory()) {
    const entries = await readdir(input, { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile() && /\.(ya?ml|json)$/.test(entry.name))
      .map((entry) => join(entry.parentPath, entry.name))
      .sort();
  }
  if (found) return [input];
  const matching = /[*?[{]/.test(input) ? await matches(input) : [];
  if (matching.length > 0) return matching;
  throw new CommandError(
    "AP-NO-FILE",
    `${input}: not found; expected a file, a folder, a pattern or -`,
    Exit.NotFound,
  );
}

function parseResources(text: string, file: string): Resource[] {
  const found: Resource[] = [];
  for (const document of parseAllDocuments(text)) {
    const line = text.slice(0, document.range[0]).split("\n").length;
    const [broken] = document.errors;
    if (broken) throw usage(yamlFault(file, broken, line));
    const where = `${file}:${line}`;
    const value = valueOf(document, where);
    if (value === null) continue;
    found.push({ where, document: checked(value, where) });
  }
  return found;
}

/** As the gateway reads it: `version: 1.10` is no 1.1. */
function valueOf(document: YamlDocument.Parsed, where: string): unknown {
  try {
    return plainValue(document);
  } catch (error) {
    throw usage(`${where}: ${reason(error).split("\n")[0]}`);
  }
}

function checked(value: unknown, where: string): Document {
  const document = value as Partial<Document>;
  if (typeof value !== "object" || Array.isArray(value))
    throw usage(`${where}: expected a mapping with kind, metadata and spec`);
  if (typeof document.kind !== "string")
    throw usage(`${where}: kind: expected a text such as RestApi`);
  if (typeof document.metadata?.name !== "string")
    throw usage(`${where}: metadata.name: expected a text`);
  if (typeof document.spec !== "object" || document.spec === null)
    throw usage(`${where}: spec: expected a mapping`);
  return document as Document;
}

/** `*`, `?`, `**` and braces, below the folder that the pattern begins with. */
async function matches(pattern: string): Promise<string[]> {
  const fixed = pattern.split("/");
  const first = fixed.findIndex((part) => /[*?[{]/.test(part));
  const root = fixed.slice(0, first).join("/") || (pattern.startsWith("/") ? "/" : ".");
  const test = expression(pattern.replace(/^\.\//, ""));
  const entries = await readdir(root, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => test.test(path))
    .sort();
}

function expression(pattern: string): RegExp {
  const text = pattern.replace(/\*\*\/|\*\*|[*?]|\{[^{}]*\}|[.+^$()|[\]\\]/g, (part) => {
    if (part === "**/") return "(?:.*/)?";
    if (part === "**") return ".*";
    if (part === "*") return "[^/]*";
    if (part === "?") return "[^/]";
    if (part.startsWith("{"))
      return `(?:${part
        .slice(1, -1)
        .split(",")
        .map((one) => one.replace(/[.+^$()|[\]\\*?]/g, "\\$&"))
        .join("|")})`;
    return `\\${part}`;
  });
  return new RegExp(`^${text}$`);
}
