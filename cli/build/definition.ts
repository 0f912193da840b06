/** A policy's `policy.yaml`: its name, version, description and the schema of its parameters. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parseDocument } from "yaml";
import { UserError } from "../../controller/errors.ts";
import { withParts } from "./parts.ts";

/** The part of JSON Schema that parameters may use. */
export interface Schema {
  type?: "object" | "array" | "string" | "integer" | "number" | "boolean";
  description?: string;
  default?: unknown;
  enum?: unknown[];
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: boolean | Schema;
  minProperties?: number;
  items?: Schema;
  minItems?: number;
  maxItems?: number;
  minLength?: number;
  maxLength?: number;
  pattern?: string;
  minimum?: number;
  maximum?: number;
  $ref?: string;
  /** Of an object: the policy gets its text, to read it by rules of its own. */
  "x-sluice-raw"?: boolean;
  /** Never shown, not even where it is wrong. */
  "x-secret"?: boolean;
  /** May stand in the gateway's configuration, and is not for the policy. */
  "x-sluice-withheld"?: boolean;
  $defs?: Record<string, Schema>;
}

export interface Definition {
  name: string;
  version: string;
  displayName: string;
  description: string;
  parameters: Schema;
  /** Set by the gateway's configuration, not by those who use the policy. */
  systemParameters?: Schema;
  folder: string;
}

/** Reads and checks `policy.yaml` in `folder`; every problem names the file, the key and the fix. */
export async function readDefinition(folder: string): Promise<Definition> {
  const file = join(folder, "policy.yaml");
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch {
    throw new UserError(`${file}: not found; a policy is a folder with policy.yaml and policy.ts`);
  }
  const document = parseDocument(text);
  const broken = document.errors[0];
  if (broken) {
    const line = broken.linePos?.[0].line ?? 1;
    throw new UserError(`${file}:${line}: ${broken.message.split("\n")[0]}`);
  }
  const value: unknown = document.toJS();
  if (typeof value !== "object" || value === null) {
    throw new UserError(`${file}: expected a mapping with name, version and parameters`);
  }
  const fields = { ...value } as Record<string, unknown>;
  for (const key of ["parameters", "systemParameters"])
    fields[key] = await withParts(fields[key], `${file}: ${key}`);
  const name = expectText(file, fields, "name", /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, "my-policy");
  const version = expectText(file, fields, "version", /^v?\d+\.\d+\.\d+$/, "1.0.0");
  const parameters = expectObject(file, fields, "parameters") ?? { type: "object", properties: {} };
  const systemParameters = expectObject(file, fields, "systemParameters");
  for (const key of Object.keys(systemParameters?.properties ?? {}))
    if (parameters.properties?.[key])
      throw new UserError(
        `${file}: systemParameters.${key}: is among the parameters too; a value has one owner`,
      );
  return {
    name,
    version: version.replace(/^v/, ""),
    displayName: typeof fields.displayName === "string" ? fields.displayName : name,
    description: typeof fields.description === "string" ? fields.description.trim() : "",
    parameters,
    ...(systemParameters && { systemParameters }),
    folder,
  };
}

/** What the policy is configured with: its parameters and those that the gateway adds. */
export function allParameters({ parameters, systemParameters }: Definition): Schema {
  if (!systemParameters) return parameters;
  return {
    ...parameters,
    properties: { ...parameters.properties, ...systemParameters.properties },
    required: [...(parameters.required ?? []), ...(systemParameters.required ?? [])],
    $defs: { ...parameters.$defs, ...systemParameters.$defs },
  };
}

function expectObject(
  file: string,
  fields: Record<string, unknown>,
  key: string,
): Schema | undefined {
  const schema = fields[key] as Schema | undefined;
  if (schema === undefined || (schema !== null && schema.type === "object")) return schema;
  throw new UserError(`${file}: ${key}.type: expected "object"`);
}

function expectText(
  file: string,
  fields: Record<string, unknown>,
  key: string,
  form: RegExp,
  example: string,
): string {
  const value = fields[key];
  if (typeof value === "string" && form.test(value)) return value;
  throw new UserError(
    `${file}: ${key}: expected text such as "${example}", found ${JSON.stringify(value) ?? "nothing"}`,
  );
}
