import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { writeDocs } from "../../cli/docs/command.ts";
import { readmeFile, readmeOf } from "../../cli/docs/readme.ts";
import { shelfFolders } from "../../cli/run/shelf.ts";

const folders = await shelfFolders();

describe("the README is what `ap policy docs` writes", () => {
  test.each(folders.map((folder) => [basename(folder), folder]))("of %s", async (_, folder) => {
    const written = await readFile(readmeFile(folder), "utf8").catch(() => null);
    expect(written, 'run "ap policy docs" and commit what it writes').toBe(await readmeOf(folder));
  });
});

let root: string;
let folder: string;
const lines: string[] = [];
const io = { line: (text: string) => void lines.push(text) } as Parameters<typeof writeDocs>[2];

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "sluice-docs-"));
  folder = join(root, "greet");
  await cp(join("policies", "set-headers"), folder, { recursive: true });
  await writeFile(
    join(folder, "policy.yaml"),
    `name: greet
version: 2.1.0
displayName: Greet
description: Says hello.
parameters:
  type: object
  minProperties: 1
  properties:
    tone:
      type: string
      enum: [warm, cold]
      default: warm
      description: How it is said, a|b.
    who:
      type: array
      minItems: 1
      maxItems: 2
      description: To whom.
      items: { $ref: "#/$defs/person" }
  $defs:
    person:
      type: object
      required: [name]
      properties:
        name: { type: string, minLength: 1, maxLength: 1000, pattern: "^(a|b)$" }
systemParameters:
  type: object
  properties:
    most: { type: integer, minimum: 1, maximum: 9, default: 3, description: At most. }
`,
  );
  await writeFile(
    join(folder, "cases.ts"),
    `export const cases = [
  { name: "not shown", params: {}, request: { path: "/no" }, expect: {} },
  {
    name: "greets a client",
    example: true,
    params: { tone: "warm" },
    upstream: { status: 201, headers: { "x-up": "1" }, body: "made" },
    request: { method: "POST", path: "/x", headers: { ":authority": "h" }, body: "hi" },
    expect: {
      status: 201,
      headers: { "x-id": /[0-9]+/, "x-gone": null, "x-two": ["a", "b"] },
      body: { said: "hello" },
      upstream: { path: "/y", headers: { "x-greeting": "hello" } },
    },
  },
  { name: "refuses", example: true, request: { path: "/" }, expect: { status: 403, upstream: null } },
];
`,
  );
});
afterAll(() => rm(root, { recursive: true, force: true }));

test("a README that is missing or old is said, then written, once", async () => {
  await rm(readmeFile(folder), { force: true });
  await expect(writeDocs([folder], { check: true }, io)).rejects.toThrow(
    `not current, "ap policy docs" writes them: ${readmeFile(folder)}`,
  );
  await writeDocs([folder], {}, io);
  expect(lines).toEqual([readmeFile(folder)]);
  await writeDocs([folder], { check: true }, io);
  await writeDocs([folder], {}, io);
  expect(lines).toHaveLength(1);
});

test("parameters are shown with types, limits, defaults and those of the gateway apart", async () => {
  const text = await readmeOf(folder);
  expect(text).toContain("# Greet\n\nPolicy `greet`, version `v2` (2.1.0).\n\nSays hello.");
  expect(text).toContain("At least 1 of them is set.");
  expect(text).toContain('| `tone` | `warm`, `cold` | `"warm"` | How it is said, a\\|b. |');
  expect(text).toContain("| `who` | list of 1 to 2 objects |  | To whom. |");
  expect(text).toContain(
    "| `who[].name` | string of 1 to 1,000 characters like `^(a\\|b)$` | required |  |",
  );
  expect(text).toContain("`policy_configurations.greet_v2`; an API cannot set them.");
  expect(text).toContain("| `most` | integer of 1 to 9 | `3` | At most. |");
});

test("cases that are marked are shown as YAML, request and answer; others are not", async () => {
  const text = await readmeOf(folder);
  const example = `### Greets a client

\`\`\`yaml
policies:
  - name: greet
    version: v2
    params:
      tone: warm
\`\`\`

\`\`\`http
POST /x HTTP/1.1
host: h

hi
\`\`\`

The upstream gets:

\`\`\`http
POST /y HTTP/1.1
x-greeting: hello
\`\`\`

The upstream answers:

\`\`\`http
HTTP/1.1 201
x-up: 1

made
\`\`\`

The client gets:

\`\`\`http
HTTP/1.1 201
x-id: …
x-two: a
x-two: b

{"said":"hello"}
\`\`\`
`;
  expect(text).toContain(example);
  expect(text).toContain(
    "The upstream gets nothing. The client gets:\n\n```http\nHTTP/1.1 403\n```",
  );
  expect(text).not.toContain("ot shown");
});
