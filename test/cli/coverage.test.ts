/** `ap policy test --coverage`: which lines of the policies' own source their cases ran. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { build } from "../../cli/build/index.ts";
import { testPolicies, type TestOptions } from "../../cli/cases/command.ts";
import { io } from "../../cli/io.ts";

/** Each builds a policy or two, on a machine that may have other things to do. */
const patienceMs = 240_000;

let root: string;
let guard: string;
let greet: string;

const guardSource = `import { Policy, Request, Response, Verdict } from "sluice/sdk";
import { Params } from "./params";
import { level } from "./level";

export class Guard extends Policy<Params> {
  private least: i64 = 0;

  configure(): string | null {
    if (this.params.least > 9) return "least: expected at most 9";
    this.least = this.params.least;
    return null;
  }

  onRequestHeaders(request: Request): Verdict {
    const sent = request.header("x-level");
    const first = sent === null ? "none" : sent.length > 9 ? "long" : "short";
    request.headers.set(
      "x-first",
      this.least > 7
        ? "high"
        : first,
    );
    if (sent === null) return request.deny(401, "no level");
    if (level(sent) < this.least) return request.deny(403, "too low");
    else if (sent == "never")
      request.headers.set("x-never", "1");
    for (let i: i64 = 0; i < this.least; i++) request.headers.append("x-step", i.toString());
    return Verdict.Continue;
  }

  onResponseHeaders(response: Response): Verdict {
    switch (response.status) {
      case 200:
        response.headers.set("x-is", "good");
        break;
      default:
        response.headers.set("x-is", "bad");
    }
    return Verdict.Continue;
  }
}
`;

const levelSource = `export function level(text: string): i64 {
  let all: i32 = 0;
  while (all < text.length) all++;
  return all;
}

export function unused(): i32 {
  return 7;
}
`;

const guardCases = `export const cases = [
  { name: "lets a high one pass", params: { least: 2 }, request: { path: "/", headers: { "x-level": "abc" } },
    expect: { status: 200, upstream: { headers: { "x-step": ["0", "1"] } } } },
  { name: "refuses none", params: { least: 2 }, request: { path: "/" }, expect: { status: 401 } },
];
`;

const greetSource = `import { Policy, Request, Verdict } from "sluice/sdk";
import { Params } from "./params";

export class Greet extends Policy<Params> {
  onRequestHeaders(request: Request): Verdict {
    request.headers.set("x-greeting", "hello");
    return Verdict.Continue;
  }
}
`;

const greetCases = `export const cases = [
  { name: "greets", expect: { upstream: { headers: { "x-greeting": "hello" } } } },
];
`;

async function write(name: string, parameters: string, files: Record<string, string>) {
  const folder = join(root, name);
  await mkdir(folder);
  const yaml = `name: ${name}\nversion: 1.0.0\ndescription: a policy of a test\nparameters: ${parameters}\n`;
  for (const [file, text] of Object.entries({ "policy.yaml": yaml, ...files }))
    await writeFile(join(folder, file), text);
  return folder;
}

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "sluice-coverage-"));
  guard = await write(
    "guard",
    '{type: object, properties: {least: {type: integer, description: "of the level"}}, required: [least]}',
    { "policy.ts": guardSource, "level.ts": levelSource, "cases.ts": guardCases },
  );
  greet = await write("greet", "{type: object}", {
    "policy.ts": greetSource,
    "cases.ts": greetCases,
  });
});
afterAll(() => rm(root, { recursive: true }));

async function played(folders: string[], options: Partial<TestOptions>) {
  let out = "";
  let err = "";
  const screen = io(
    (text) => void (out += text),
    (text) => void (err += text),
  );
  await testPolicies(
    folders,
    { reporter: "lines", ...options },
    screen,
    new AbortController().signal,
  );
  return { out, err, exitCode: screen.exitCode };
}

const lineOf = (source: string, text: string): number =>
  source.split("\n").findIndex((line) => line.includes(text)) + 1;
const file = (folder: string, name: string): string => relative(".", join(folder, name));

interface Printed {
  outcomes: object[];
  coverage: { percent: number; files: { file: string; missed: number[]; all: number }[] };
}

test(
  "lists each file with the lines that no case ran, with a refusal behind an if and an arm of a choice on one line",
  async () => {
    const { out, exitCode } = await played([guard], { coverage: true });
    expect(exitCode).toBe(0);
    const row = new RegExp(`^${file(guard, "policy.ts")} +(\\d+) +(\\d+) +([\\d.]+) +(.*)$`, "m");
    const [, all, covered, , missed] = row.exec(out) ?? [];
    const lines = [
      "least > 9",
      '? "long"',
      '? "high"',
      'deny(403, "too low")',
      '"x-never", "1"',
      '"x-is", "bad"',
    ];
    expect(missed).toBe(lines.map((text) => lineOf(guardSource, text)).join(", "));
    expect(Number(all) - Number(covered)).toBe(6);
    const level = new RegExp(`^${file(guard, "level.ts")} +4 +3 +75\\.0 +8$`, "m");
    expect(out).toMatch(level);
    expect(out).toMatch(/^all files +\d+ +\d+ +[\d.]+$/m);
  },
  patienceMs,
);

test(
  "measures several folders at once, each by its own cases",
  async () => {
    const { out } = await played([guard, greet], { coverage: true, json: true });
    const { outcomes, coverage } = JSON.parse(out) as Printed;
    expect(outcomes).toHaveLength(3);
    expect(coverage.files.map((one) => one.file)).toEqual(
      [file(greet, "policy.ts"), file(guard, "level.ts"), file(guard, "policy.ts")].sort(),
    );
    const greeting = coverage.files.find((one) => one.file === file(greet, "policy.ts"));
    expect(greeting).toMatchObject({ all: 2, missed: [] });
  },
  patienceMs,
);

test(
  "fails when fewer lines ran than are demanded, and says how many",
  async () => {
    const enough = await played([guard], { coverageMin: "50" });
    expect(enough.exitCode).toBe(0);
    const little = await played([guard], { coverageMin: "99.5" });
    expect(little.exitCode).toBe(1);
    expect(little.err).toMatch(
      /^coverage: expected 99\.5 % of lines, found [\d.]+ % \(\d+ of \d+\)$/m,
    );
    for (const wrong of ["most", "101", "-1", ""])
      await expect(played([guard], { coverageMin: wrong })).rejects.toThrow(
        `--coverage-min: expected a percentage from 0 to 100, found ${wrong}`,
      );
  },
  patienceMs,
);

test(
  "writes LCOV, with how often each line ran",
  async () => {
    const path = join(root, "reports", "lcov.info");
    await played([guard], { coverageLcov: path });
    const text = await readFile(path, "utf8");
    expect(text).toContain(`SF:${join(guard, "policy.ts")}\n`);
    expect(text).toContain(`DA:${lineOf(guardSource, 'header("x-level")')},2\n`);
    expect(text).toContain(`DA:${lineOf(guardSource, 'deny(401, "no level")')},1\n`);
    expect(text).toContain(`DA:${lineOf(guardSource, "too low")},0\n`);
    expect(text.match(/^end_of_record$/gm)).toHaveLength(2);
  },
  patienceMs,
);

test(
  "a configuration that is refused has run too, before any worker had it",
  async () => {
    const cases = `${guardCases.trimEnd().slice(0, -2)}
  { name: "refuses more than nine", params: { least: 10 }, request: { path: "/" }, expect: { status: 500 } },
];
`;
    await writeFile(join(guard, "cases.ts"), cases);
    const { out } = await played([guard], { coverage: true, json: true });
    const { coverage } = JSON.parse(out) as Printed;
    const { missed } = coverage.files.find((one) => one.file === file(guard, "policy.ts"))!;
    expect(missed).not.toContain(lineOf(guardSource, "least > 9"));
    await writeFile(join(guard, "cases.ts"), guardCases);
  },
  patienceMs,
);

test(
  "without it a module is what it was: nothing counts",
  async () => {
    const exportsOf = async (wasm: Uint8Array): Promise<string[]> =>
      WebAssembly.Module.exports(await WebAssembly.compile(wasm as BufferSource)).map(
        ({ name }) => name,
      );
    const plain = await build([guard]);
    const counting = await build([guard], { counted: [guard] });
    const names = await exportsOf(plain.wasm);
    expect(names).not.toContain("c");
    expect((await exportsOf(counting.wasm)).sort()).toEqual([...names, "c"].sort());
    expect(plain.wasm.length).toBeLessThan(counting.wasm.length);
    expect(plain.statements).toEqual([]);
  },
  patienceMs,
);
