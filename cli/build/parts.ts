/**
 * Schemas that several policies have in common: `$ref: sluice/sdk/<file>.yaml#/<name>` in a policy.yaml stands for what a
 * file of the SDK has by this name. What stands beside it, such as another description, wins.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parse } from "yaml";
import { UserError } from "../../controller/errors.ts";
import { packageRoot } from "../package-root.ts";

type Node = Record<string, unknown>;

const form = /^sluice\/(sdk\/(?:[\w-]+\/)*[\w-]+\.yaml)#\/([\w-]+)$/;

/** `schema` with every part in the place where it is named; `where` is for messages. */
export async function withParts(schema: unknown, where: string): Promise<unknown> {
  if (Array.isArray(schema))
    return Promise.all(schema.map((item, i) => withParts(item, `${where}[${i}]`)));
  if (typeof schema !== "object" || schema === null) return schema;
  const { $ref, ...own } = schema as Node;
  const members = Object.entries(own).map(
    async ([key, value]) => [key, await withParts(value, `${where}.${key}`)] as const,
  );
  const mine = Object.fromEntries(await Promise.all(members));
  if ($ref === undefined) return mine;
  if (typeof $ref !== "string" || $ref.startsWith("#")) return { $ref, ...mine };
  return { ...(await part($ref, `${where}.$ref`)), ...mine };
}

async function part(reference: string, where: string): Promise<Node> {
  const wrong = (expected: string) =>
    new UserError(`${where}: expected ${expected}, found ${reference}`);
  const [, file, name] = form.exec(reference) ?? [];
  if (!file || !name) throw wrong("#/$defs/<name> or sluice/sdk/<file>.yaml#/<name>");
  const text = await readFile(join(packageRoot, file), "utf8").catch(() => null);
  if (text === null) throw wrong("a file of the SDK");
  const parts = parse(text) as Record<string, Node>;
  if (!Object.hasOwn(parts, name)) throw wrong(`one of ${Object.keys(parts).join(", ")}`);
  return parts[name]!;
}
