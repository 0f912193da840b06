/** `ap policy new`: a folder that builds and passes its own cases as it is. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { UserError } from "../../controller/errors.ts";

export async function scaffold(name: string, directory: string): Promise<string> {
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name)) {
    throw new UserError(`${name}: expected a name in lower case with dashes, such as my-policy`);
  }
  const folder = join(directory, name);
  const made = await mkdir(folder, { recursive: true });
  if (!made) throw new UserError(`${folder}: is there already; choose another name or directory`);
  const className = name.replace(/(^|-)([a-z0-9])/g, (_, _dash, letter: string) =>
    letter.toUpperCase(),
  );
  const files: Record<string, string> = {
    "policy.yaml": policyYaml(name),
    "policy.ts": policySource(className),
    "cases.ts": cases(),
    "tsconfig.json": tsconfig(),
    ".gitignore": "params.ts\nbuild/\n",
  };
  for (const [file, text] of Object.entries(files)) await writeFile(join(folder, file), text);
  return folder;
}

const policyYaml = (name: string): string => `name: ${name}
version: 1.0.0
description: Refuses requests without a header, and greets those that have it.
parameters:
  type: object
  additionalProperties: false
  properties:
    header:
      type: string
      minLength: 1
      default: x-name
      description: The header that says who is asking.
`;

const policySource = (
  className: string,
): string => `import { Policy, Request, Verdict } from "sluice/sdk";
import { Params } from "./params";

/** Refuses requests without a header, and greets those that have it. */
export class ${className} extends Policy<Params> {
  onRequestHeaders(request: Request): Verdict {
    const name = request.header(this.params.header);
    if (name === null) return request.deny(401, \`the header \${this.params.header} is missing\`);
    request.headers.set("x-greeting", \`hello \${name}\`);
    return Verdict.Continue;
  }
}
`;

const cases = (): string => `import type { Case } from "sluice/cases";

export const cases: Case[] = [
  {
    name: "greets who says a name",
    params: {},
    request: { path: "/", headers: { "x-name": "Ada" } },
    expect: { status: 200, upstream: { headers: { "x-greeting": "hello Ada" } } },
  },
  {
    name: "refuses who does not",
    params: {},
    request: { path: "/" },
    expect: { status: 401, upstream: null },
  },
];
`;

const tsconfig = (): string => `{
  "extends": "assemblyscript/std/assembly.json",
  "include": ["policy.ts", "params.ts"]
}
`;
