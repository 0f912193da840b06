/**
 * An OpenAPI description and the files beside it that it refers to. Nothing is fetched: a reference to an address is
 * refused. What a description may make this process hold is bounded.
 */
import { readFile, stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { parseDocument } from "yaml";
import { CommandError, Exit, usage } from "../errors.ts";
import { yamlFault } from "../yaml-fault.ts";

export type Json = Record<string, unknown>;

/** A value, and the file in which its references are to be read. */
export interface Located {
  value: unknown;
  file: string;
}

const mostFiles = 100;
const largestFile = 16 * 1024 * 1024;
/** References that lead to references. */
const longestWay = 32;

export class Spec {
  private readonly files = new Map<string, unknown>();

  private constructor(
    readonly root: Json,
    readonly file: string,
    /** 3.0 has words of its own for schemas. */
    readonly version: "3.0" | "3.1",
  ) {}

  static async read(path: string, stdin: () => Promise<string>): Promise<Spec> {
    const file = path === "-" ? resolve("standard input") : resolve(path);
    const value = parsed(path === "-" ? await stdin() : await textOf(path), path);
    const root = isObject(value) ? value : {};
    const { openapi, swagger } = root as { openapi?: unknown; swagger?: unknown };
    const [, version] = /^(3\.[01])(\.\d+)?$/.exec(String(openapi)) ?? [];
    if (version === undefined)
      throw usage(
        `${path}: openapi: expected 3.0 or 3.1, found ${swagger ? `swagger ${String(swagger)}` : JSON.stringify(openapi)}`,
        swagger ? "convert it to OpenAPI 3 first" : "",
      );
    const spec = new Spec(root, file, version as "3.0" | "3.1");
    spec.files.set(file, root);
    return spec;
  }

  /** Follows references until there is none; a value without one is what it is. */
  async follow({ value, file }: Located): Promise<Located> {
    let at: Located = { value, file };
    for (let step = 0; step < longestWay; step++) {
      const reference = isObject(at.value) ? at.value["$ref"] : undefined;
      if (typeof reference !== "string") return at;
      at = await this.at(reference, at.file);
    }
    throw this.wrong(`the references of '${JSON.stringify(value).slice(0, 80)}' lead in a circle`);
  }

  /** The target of one reference. */
  async at(reference: string, from: string): Promise<Located> {
    const { file, pointer } = this.place(reference, from);
    let value = await this.load(file, reference);
    for (const part of pointer.split("/").slice(1)) {
      const key = decodeURIComponent(part).replaceAll("~1", "/").replaceAll("~0", "~");
      value =
        (isObject(value) || Array.isArray(value)) && Object.hasOwn(value, key)
          ? (value as Json)[key]
          : undefined;
      if (value === undefined) throw this.wrong(`$ref '${reference}': leads to nothing`);
    }
    return { value, file };
  }

  /** Where a reference leads, in one way of writing. */
  place(reference: string, from: string): { file: string; pointer: string } {
    const [path = "", pointer = ""] = reference.split("#", 2);
    if (/^[a-z][a-z0-9+.-]*:/i.test(path) || path.startsWith("//"))
      throw this.wrong(`$ref '${reference}': nothing is fetched; keep the file beside this one`);
    if (pointer !== "" && !pointer.startsWith("/"))
      throw this.wrong(
        `$ref '${reference}': expected # and a path such as #/components/schemas/Pet`,
      );
    return { file: path === "" ? from : resolve(dirname(from), decodeURIComponent(path)), pointer };
  }

  wrong(message: string): CommandError {
    return new CommandError("AP-OPENAPI", `${this.file}: ${message}`, Exit.Failed);
  }

  private async load(file: string, reference: string): Promise<unknown> {
    if (this.files.has(file)) return this.files.get(file);
    if (this.files.size >= mostFiles) throw this.wrong(`it has more than ${mostFiles} files`);
    const text = await textOf(file).catch((error: unknown) => {
      throw error instanceof CommandError
        ? this.wrong(`$ref '${reference}': ${error.message}`)
        : error;
    });
    const value = parsed(text, file);
    this.files.set(file, value);
    return value;
  }
}

export const isObject = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);

async function textOf(path: string): Promise<string> {
  const found = await stat(path).catch(() => null);
  if (!found?.isFile())
    throw new CommandError("AP-NO-FILE", `${path}: not found; expected a file`, Exit.NotFound);
  if (found.size > largestFile) throw usage(`${path}: is larger than ${largestFile} bytes`);
  return readFile(path, "utf8");
}

function parsed(text: string, file: string): unknown {
  const document = parseDocument(text, { logLevel: "error" });
  const [broken] = document.errors;
  if (broken) throw usage(yamlFault(file, broken));
  return document.toJS({ maxAliasCount: 100 });
}
