/**
 * The official JSON Schema test suite, out of the source distribution of the Python package `jsonschema`:
 * fetched once with pip, held against a hash, kept in `node_modules/.cache`.
 */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const release = "jsonschema-4.23.0";
const sha256 = "d71497fef26351a33265337fa77ffeb82423f3ea21283cd9467bb03999266bc4";
const root = join(dirname(fileURLToPath(import.meta.url)), "../../..");
const cache = join(root, "node_modules/.cache/json-schema-suite");

export interface Group {
  description: string;
  schema: unknown;
  tests: { description: string; data: unknown; valid: boolean }[];
}

function fetchSuite(): string {
  const suite = join(cache, release, "json");
  if (existsSync(suite)) return suite;
  const archive = join(cache, `${release}.tar.gz`);
  mkdirSync(cache, { recursive: true });
  const pin = release.replace("-", "==");
  // Of this package alone: pip would also build what builds it, and take minutes.
  const args = ["download", "-q", "--no-deps", "--no-binary", "jsonschema", "-d", cache, pin];
  try {
    if (!existsSync(archive)) execFileSync("pip", args, { stdio: "pipe", timeout: 170_000 });
  } catch (error) {
    throw new Error(`the JSON Schema test suite is missing; get it with: pip ${args.join(" ")}`, {
      cause: error,
    });
  }
  const found = createHash("sha256").update(readFileSync(archive)).digest("hex");
  if (found !== sha256) throw new Error(`${archive}: expected sha256 ${sha256}, found ${found}`);
  const unpacked = join(cache, `unpacked-${process.pid}`);
  execFileSync("python3", ["-m", "tarfile", "-e", archive, unpacked]);
  renameSync(join(unpacked, release), join(cache, release));
  return suite;
}

/** File name, without its ending, to groups: what a validator must do. */
export function required(draft: "draft7" | "draft2020-12"): Map<string, Group[]> {
  const folder = join(fetchSuite(), "tests", draft);
  const files = readdirSync(folder).filter((name) => name.endsWith(".json"));
  return new Map(
    files.map((name) => [
      name.slice(0, -".json".length),
      JSON.parse(readFileSync(join(folder, name), "utf8")) as Group[],
    ]),
  );
}

/** The documents that the suite expects at `http://localhost:1234/`, by address. */
export function remotes(draft: "draft7" | "draft2020-12"): [string, string][] {
  const folder = join(fetchSuite(), "remotes");
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".json"))
    .filter((name) => !/^draft/.test(name) || name.startsWith(`${draft}/`))
    .map((name) => [`http://localhost:1234/${name}`, readFileSync(join(folder, name), "utf8")]);
}
