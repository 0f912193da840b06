import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { describe, expect, test } from "vitest";
import { commands } from "../cli/commands/index.ts";
import { io } from "../cli/io.ts";
import { hostcalls } from "../host-sim/hostcalls/index.ts";

const root = join(import.meta.dirname, "..");
const files = execFileSync(
  "git",
  ["ls-files", "--cached", "--others", "--exclude-standard", "*.ts"],
  {
    cwd: root,
    encoding: "utf8",
  },
)
  .split("\n")
  .filter((file) => file && !file.endsWith("params.ts"));

/** What each folder may import, beside itself and packages. */
const arrows: Record<string, string[]> = {
  sdk: [],
  policies: [],
  "host-sim": ["sdk/abi.ts"],
  controller: ["host-sim", "sdk/auth/told.ts"],
  cli: ["controller", "host-sim"],
};

const imports = (file: string): string[] =>
  [...readFileSync(join(root, file), "utf8").matchAll(/(?:from|import)\s*\(?\s*"(\.[^"]+)"/g)].map(
    ([, path]) => relative(root, join(root, dirname(file), path as string)),
  );

test("imports go one way", () => {
  const wrong = files.flatMap((file) => {
    const folder = file.split("/")[0] as string;
    const allowed = arrows[folder];
    if (!allowed) return [];
    return imports(file)
      .filter(
        (path) => ![folder, ...allowed].some((one) => path === one || path.startsWith(`${one}/`)),
      )
      .map((path) => `${file} imports ${path}`);
  });
  expect(wrong).toEqual([]);
});

/** Without those of types alone, which are gone when the code runs. */
const importsAtRunTime = (file: string): string[] =>
  [
    ...readFileSync(join(root, file), "utf8").matchAll(
      /^(?:import|export) (?!type )([^;"]*?) from "(\.[^"]+\.ts)"/gm,
    ),
  ]
    .filter(([, names]) => !/^\{(\s*type \w+( as \w+)?,?)+\s*\}$/.test(names as string))
    .map(([, , path]) => join(dirname(file), path as string));

// Not of the engine: AssemblyScript compiles its files as one, and they know each other.
test("no file imports itself by way of others, at run time", () => {
  const state = new Map<string, "open" | "done">();
  const circles: string[] = [];
  const visit = (file: string, way: readonly string[]): void => {
    if (state.get(file) === "open") circles.push([...way.slice(way.indexOf(file)), file].join(" "));
    if (state.has(file)) return;
    state.set(file, "open");
    for (const next of importsAtRunTime(file)) visit(next, [...way, file]);
    state.set(file, "done");
  };
  const typeScript = files.filter((file) => /^(cli|controller|host-sim)\//.test(file));
  expect(typeScript.length).toBeGreaterThan(0);
  for (const file of typeScript) visit(file, []);
  expect(circles).toEqual([]);
});

test("the pure helpers of the SDK touch nothing else of it", () => {
  const std = files.filter((file) => file.startsWith("sdk/std/"));
  expect(std.length).toBeGreaterThan(0);
  const wrong = std.flatMap((file) =>
    imports(file)
      .filter((path) => !path.startsWith("sdk/std/"))
      .map((path) => `${file} imports ${path}`),
  );
  expect(wrong).toEqual([]);
});

test("the simulator has every hostcall that the SDK declares", () => {
  const text = readFileSync(join(root, "sdk/env.ts"), "utf8");
  const declared = [...text.matchAll(/declare function (proxy_\w+)/g)].map(
    ([, name]) => name as string,
  );
  expect(declared.length).toBeGreaterThan(20);
  expect(declared.filter((name) => !(name in hostcalls))).toEqual([]);
});

describe("the README", () => {
  const readme = readFileSync(join(root, "README.md"), "utf8");

  test("names every command", () => {
    const verbs = commands(
      io(
        () => {},
        () => {},
      ),
    ).flatMap((one) =>
      one.commands.length
        ? one.commands.map((inner) => `ap ${one.name()} ${inner.name()}`)
        : [`ap ${one.name()}`],
    );
    expect(verbs.filter((verb) => !readme.includes(`\`${verb}`))).toEqual([]);
  });

  test("says why each dependency is there", () => {
    const { dependencies, devDependencies } = JSON.parse(
      readFileSync(join(root, "package.json"), "utf8"),
    ) as Record<string, Record<string, string>>;
    const names = Object.keys({ ...dependencies, ...devDependencies }).filter(
      (name) => !name.startsWith("@types/"),
    );
    expect(names.filter((name) => !readme.includes(`\`${name}\``))).toEqual([]);
  });
});

test("no file is longer than 400 lines without saying why", () => {
  const unexplained = files
    .filter((file) => !file.startsWith("test/"))
    .map((file) => ({ file, text: readFileSync(join(root, file), "utf8") }))
    .filter(({ text }) => text.split("\n").length > 401)
    .filter(
      ({ text }) =>
        !/longer than other files because/i.test(text.slice(0, 1_000).replace(/\s+\*?\s*/g, " ")),
    );
  expect(unexplained.map(({ file }) => file)).toEqual([]);
});
