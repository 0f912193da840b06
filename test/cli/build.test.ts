import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { build } from "../../cli/build/index.ts";
import { scaffold } from "../../cli/build/scaffold.ts";
import { readMappings, type SourceMap } from "../../cli/build/source-map.ts";
import { buildAndWatch } from "../../cli/build/watch.ts";
import { eventually } from "../eventually.ts";
import { io } from "../../cli/io.ts";
import { ap } from "./ap.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sluice-build-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** A new policy with this in place of its handler's body. */
async function policyWith(name: string, code: string, top = ""): Promise<string> {
  const made = await scaffold(name, folder);
  const className = name.replace(/(^|-)([a-z])/g, (_, _dash, letter: string) =>
    letter.toUpperCase(),
  );
  await writeFile(
    join(made, "policy.ts"),
    `import { Policy, Request, Verdict } from "sluice/sdk";\nimport { Params } from "./params";\n${top}\n` +
      `export class ${className} extends Policy<Params> {\n  onRequestHeaders(request: Request): Verdict {\n` +
      `    ${code}\n    return Verdict.Continue;\n  }\n}\n`,
  );
  return made;
}

describe("a new policy", () => {
  test("builds and passes its own cases as it is", async () => {
    const made = await scaffold("greet", folder);
    const { code, out } = await ap("policy", "test", made);
    expect(out).toContain("2 passed, 0 failed");
    expect(code).toBe(0);
  });

  test("is at most 24 KiB, and the same bytes from another place", async () => {
    const first = await scaffold("small", folder);
    const second = await scaffold("small", join(folder, "elsewhere"));
    const one = (await build([first])).wasm;
    expect(one.length).toBeLessThanOrEqual(24 * 1024);
    expect(Buffer.compare((await build([second])).wasm, one)).toBe(0);
  });

  test("is not made over what is there", async () => {
    await scaffold("once", folder);
    const { code, err } = await ap("policy", "new", "once", "-d", folder);
    expect(code).toBe(1);
    expect(err).toContain("is there already");
  });
});

describe("what AssemblyScript lacks is said with file, line and what to write instead", () => {
  test.each([
    [
      "nullish",
      'const a = request.header("a") ?? "b";',
      /policy\.ts:6:\d+: .*\n[^]*write `a !== null \? a : b`/,
    ],
    ["optional", 'const a = request.header("a")?.length;', /there is no|has no `\?\.`/],
    ["caught", "try { request.path; } catch (e) { }", /has no exceptions/],
    ["looped", 'for (const a of request.headers.all("a")) { }', /has no `for…of`/],
    ["waiting", "await request.path;", /onRequestAnswer/],
    ["spread", 'const a = [...request.headers.all("a")];', /has no spread/],
    ["anything", "const a: any = 1;", /has no `any`/],
  ])("%s", async (name, code, message) => {
    await expect(build([await policyWith(name, code)])).rejects.toThrow(message);
  });
});

describe("what would outlive a request", () => {
  test("is refused in a module variable", async () => {
    const made = await policyWith("global", "last = request.path;", 'let last: string = "";');
    await expect(build([made])).rejects.toThrow(/policy\.ts:3: last holds an object/);
  });

  test("is refused in a static field", async () => {
    const made = await policyWith(
      "fixed",
      "Box.last = request.path;",
      'class Box { static last: string = ""; }',
    );
    await expect(build([made])).rejects.toThrow(/last holds an object/);
  });

  test.each([
    ["raw", "store<u8>(0, 1);"],
    ["cast", "changetype<Request>(1).path;"],
    ["unbound", "unchecked([1][3]);"],
    ["allocated", "__new(8, 0);"],
    ["copied", "memory.copy(0, 8, 8);"],
    ["decoded", "String.UTF8.decodeUnsafe(0, 8);"],
  ])("and unsafe operations are refused: %s", async (name, code) => {
    await expect(build([await policyWith(name, code)])).rejects.toThrow(/unsafe/i);
  });
});

test("a policy may not reach into the engine, nor import from the host", async () => {
  const inside = 'import { stream } from "sluice/sdk/engine/live";';
  await expect(build([await policyWith("inside", "stream();", inside)])).rejects.toThrow(
    /sluice\/sdk\/engine\/live/,
  );
  const outside = "declare function proxy_done(): i32;";
  await expect(build([await policyWith("outside", "proxy_done();", outside)])).rejects.toThrow(
    /declare function/,
  );
});

describe("a policy.yaml that is wrong", () => {
  test.each([
    ["no-name", "version: 1.0.0\n", /name: expected text such as "my-policy"/],
    ["no-version", "name: x\n", /version: expected text such as "1.0.0"/],
    ["broken", "name: [\n", /policy\.yaml:\d+/],
    [
      "keyword",
      "name: x\nversion: 1.0.0\nparameters: {type: object, properties: {a: {type: string, oneOf: []}}}\n",
      /parameters\.a\.oneOf: is not a keyword/,
    ],
    [
      "pattern",
      'name: x\nversion: 1.0.0\nparameters: {type: object, properties: {a: {type: string, pattern: "(?=a)"}}}\n',
      /parameters\.a\.pattern: .*\(\?=/,
    ],
    [
      "default",
      "name: x\nversion: 1.0.0\nparameters: {type: object, properties: {a: {type: integer, default: five}}}\n",
      /parameters\.a\.default: expected integer, found "five"/,
    ],
    [
      "choice",
      "name: x\nversion: 1.0.0\nparameters: {type: object, properties: {a: {type: string, enum: [b], default: c}}}\n",
      /parameters\.a\.default: expected one of "b", found "c"/,
    ],
    [
      "numbers",
      "name: x\nversion: 1.0.0\nparameters: {type: object, properties: {a: {type: number, enum: [1.5]}}}\n",
      /parameters\.a\.enum: is for texts and integers/,
    ],
    [
      "part",
      "name: x\nversion: 1.0.0\nparameters: {type: object, properties: {a: {$ref: sluice/sdk/limits/parameters.yaml#/kez}}}\n",
      /policy\.yaml: parameters\.properties\.a\.\$ref: expected one of key, cost, .*, found sluice.*#\/kez/,
    ],
    [
      "file-of-parts",
      "name: x\nversion: 1.0.0\nparameters: {type: object, properties: {a: {$ref: ../shared.yaml#/a}}}\n",
      /\$ref: expected #\/\$defs\/<name> or sluice\/sdk\/<file>\.yaml#\/<name>, found \.\.\/shared/,
    ],
  ])("is refused with file, key and fix: %s", async (name, yaml, message) => {
    const made = await scaffold(name, folder);
    await writeFile(join(made, "policy.yaml"), yaml);
    await expect(build([made])).rejects.toThrow(message);
  });
});

test("a handler by almost its name is refused, for it would never be called", async () => {
  const made = await scaffold("misspelt", folder);
  const file = join(made, "policy.ts");
  const text = await readFile(file, "utf8");
  await writeFile(file, text.replace("onRequestHeaders(", "onRequestHeader("));
  await expect(build([made])).rejects.toThrow(
    "onRequestHeader: is never called; did you mean onRequestHeaders?",
  );
});

test("says what a module is", async () => {
  const made = await scaffold("looked-at", folder);
  const file = join(folder, "looked-at.wasm");
  expect((await ap("policy", "build", made, "-o", file)).code).toBe(0);
  const { out } = await ap("policy", "inspect", file, "--json");
  expect(JSON.parse(out)).toMatchObject({
    abi: "0.2.1",
    hardened: true,
    policies: [{ name: "looked-at", version: "1.0.0", phases: ["request_headers"] }],
    memory: { maximumBytes: 4096 * 65536 },
  });
  expect(await readFile(`${file}.map`, "utf8")).toContain("policies/looked-at/policy.ts");
});

test.each([
  [["policy", "buid"], 2, /Did you mean build/],
  [["policy", "build", "nowhere"], 1, /nowhere: not found/],
  [["policy", "inspect", "package.json"], 1, /is not a WebAssembly module/],
  [["policy", "new", "Bad Name"], 1, /expected a name in lower case/],
])("answers wrong use with the exit code and what to do: %s", async (argv, code, message) => {
  const answer = await ap(...argv);
  expect(answer.err).toMatch(message);
  expect(answer.code).toBe(code);
});

describe("what is built", () => {
  test("is built again when a file changes, also after a mistake", async () => {
    const made = await scaffold("watched", folder);
    const output = join(folder, "watched.wasm");
    const shown: number[] = [];
    let said = "";
    const stop = new AbortController();
    const watching = buildAndWatch(
      [made],
      { output, debug: true },
      io(
        () => {},
        (text) => (said += text),
      ),
      ({ size }) => shown.push(size),
      stop.signal,
    );
    await eventually(() => expect(shown).toHaveLength(1));
    const file = join(made, "policy.ts");
    const source = await readFile(file, "utf8");
    await writeFile(file, source.replace("hello", "hello there"));
    await eventually(() => expect(shown).toHaveLength(2));
    await writeFile(file, source.replace("export class", "export klass"));
    await eventually(() => expect(said).toContain("policy.ts"));
    await writeFile(file, source);
    await eventually(() => expect(shown).toHaveLength(3));
    stop.abort();
    await watching;
  });

  test("tells by a build.yaml which policies it links: folders by path, others by the name they have here", async () => {
    await scaffold("listed", folder);
    const list = join(folder, "build.yaml");
    await writeFile(
      list,
      "version: v1\npolicies:\n  - {name: listed, filePath: ./listed}\n" +
        "  - {name: set-headers, gomodule: example.com/policies/set-headers@v1}\n",
    );
    const output = join(folder, "both.wasm");
    const { code, out } = await ap("policy", "build", list, "-o", output, "--json");
    expect(code).toBe(0);
    expect(JSON.parse(out).policies.map(({ name }: { name: string }) => name)).toEqual([
      "listed",
      "set-headers",
    ]);
    const inspected = JSON.parse((await ap("policy", "inspect", output, "--json")).out);
    for (const { codeBytes } of inspected.policies) expect(codeBytes).toBeGreaterThan(100);
    const sum = inspected.policies.reduce(
      (bytes: number, one: { codeBytes: number }) => bytes + one.codeBytes,
      0,
    );
    expect(sum).toBeLessThan(inspected.sections.code);

    await writeFile(list, "policies:\n  - {name: nobody, gomodule: example.com/nobody@v1}\n");
    const wrong = await ap("policy", "build", list);
    expect(wrong.code).toBe(1);
    expect(wrong.err).toContain("policies[0] (nobody): filePath");
  });

  test("turns offsets of a backtrace into lines", async () => {
    const made = await scaffold("traced", folder);
    const output = join(folder, "traced.wasm");
    await ap("policy", "build", made, "-o", output, "--debug");
    const map = JSON.parse(await readFile(`${output}.map`, "utf8")) as SourceMap;
    const wanted = map.sources.findIndex((name) => name.includes("policies/traced/policy.ts"));
    const { offset, line } = readMappings(map).find(({ source }) => source === wanted)!;
    const log = join(folder, "envoy.log");
    await writeFile(log, `plain line\n  0:  0x${offset.toString(16)} - <unknown>!handler\n`);
    const { code, out } = await ap("policy", "symbolicate", `${output}.map`, log);
    expect(code).toBe(0);
    const [plain, traced] = out.split("\n");
    expect(plain).toBe("plain line");
    expect(traced).toContain(`policies/traced/policy.ts:${line + 1}:`);
  });
});
