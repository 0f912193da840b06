/** `ap policy test`: what it prints, in both hosts, and again on every save. */
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { testPolicies, type TestOptions } from "../../cli/cases/command.ts";
import { io } from "../../cli/io.ts";
import { until } from "../../controller/until.ts";

let folder: string;
let policy: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sluice-test-"));
  policy = join(folder, "set-headers");
  await cp("policies/set-headers", policy, { recursive: true });
});
afterAll(() => rm(folder, { recursive: true }));

function playing(options: Partial<TestOptions>) {
  let printed = "";
  const ending = new AbortController();
  const screen = io(
    (text) => void (printed += text),
    (text) => void (printed += text),
  );
  const done = testPolicies([policy], { reporter: "lines", ...options }, screen, ending.signal);
  return { screen, done, printed: () => printed, end: () => ending.abort() };
}

const summaries = (text: string): string[] => text.match(/^\d+ passed, .*$/gm) ?? [];

test("every case is a line, in Envoy too if asked", async () => {
  const { done, printed, screen } = playing({ envoy: true });
  await done;
  expect(screen.exitCode).toBe(0);
  expect(printed()).toMatch(/^ok {3}set-headers on simulator: sets a header/m);
  expect(printed()).toMatch(/^ok {3}set-headers on envoy: sets a header/m);
  expect(summaries(printed())).toEqual([
    expect.stringMatching(/^\d+ passed, 0 failed, \d+ skipped$/),
  ]);
});

test("a save plays the cases again; what does not compile is told, and mended by the next save", async () => {
  const { done, printed, end } = playing({ watch: true });
  const source = join(policy, "policy.ts");
  const good = await readFile(source, "utf8");
  const deadline = 60_000;
  await until(() => expect(summaries(printed())).toHaveLength(1), deadline);
  await writeFile(source, `${good}\nnonsense nonsense;\n`);
  await until(() => expect(printed()).toMatch(/^error AP-INVALID: .*policy\.ts:\d+/m), deadline);
  await writeFile(source, good);
  await until(() => expect(summaries(printed())).toHaveLength(2), deadline);
  const cases = join(policy, "cases.ts");
  await writeFile(cases, (await readFile(cases, "utf8")).replace('"x-down": "2"', '"x-down": "3"'));
  await until(
    () => expect(printed()).toContain('header x-down: expected "3", found "2"'),
    deadline,
  );
  end();
  await done;
});

test("a policy that fails is named, with the line of its source", async () => {
  const source = join(policy, "policy.ts");
  const good = await readFile(source, "utf8");
  const broken = good.replace("onRequestHeaders(request: Request): Verdict {", (head) =>
    [
      head,
      "    const parts = request.query.length;",
      "    if (7 / parts > 8) return Verdict.Pause;",
    ].join("\n"),
  );
  expect(broken).not.toBe(good);
  await writeFile(source, broken);
  const { done, printed, screen } = playing({ envoy: true });
  await done;
  await writeFile(source, good);
  expect(screen.exitCode).toBe(1);
  const line = broken.split("\n").findIndex((one) => one.includes("7 / parts")) + 1;
  for (const runner of ["simulator", "envoy"]) {
    const at = printed().indexOf(`FAIL set-headers on ${runner}: `);
    expect(at).toBeGreaterThanOrEqual(0);
    const told = printed().slice(at, at + 900);
    expect(told).toMatch(/status: expected 200, found 500/);
    expect(told).toContain("policy set-headers v1 failed: division by zero or overflow");
    expect(told).toMatch(
      new RegExp(`at \\S+/set-headers/policy\\.ts:${line}:\\d+: if \\(7 / parts > 8\\)`),
    );
  }
});

test("a reporter that is none is refused", async () => {
  await expect(playing({ reporter: "tap" }).done).rejects.toThrow(
    "--reporter: expected lines or junit, found tap",
  );
});

test("policies of the shelf that stand in a case's chain are linked in by themselves", async () => {
  let printed = "";
  const screen = io(
    (text) => void (printed += text),
    (text) => void (printed += text),
  );
  const { signal } = new AbortController();
  await testPolicies(["policies/acl"], { reporter: "lines" }, screen, signal);
  expect(printed).toMatch(/^\d+ passed, 0 failed, 0 skipped$/m);
  expect(screen.exitCode).toBe(0);
});

test("an Envoy that does not start is told in plain words, and nothing keeps running", async () => {
  const run = promisify(execFile);
  const env = { ...process.env, ENVOY: "/bin/false" };
  const ended = await run("node", ["dist/ap.js", "policy", "test", policy, "--envoy"], {
    env,
    timeout: 60_000,
  }).catch((error: { code: number; stdout: string; stderr: string }) => error);
  expect(ended).toMatchObject({ code: 1 });
  expect(ended.stdout + ended.stderr).toContain("Envoy ended with 1 while starting");
});

test("a word that no case has is named, and no case is played", async () => {
  const cases = join(policy, "cases.ts");
  const good = await readFile(cases, "utf8");
  for (const [word, wrong, place] of [
    ["expect", "expct", "expct"],
    ["upstream:", "upstraem:", "expect.upstraem"],
  ] as const) {
    await writeFile(cases, good.replace(word, wrong));
    const { done } = playing({});
    await expect(done).rejects.toThrow(
      new RegExp(
        `cases\\.ts: ".*": (steps\\[\\d\\]\\.)?${place}: is no word of a case; did you mean`,
      ),
    );
  }
  await writeFile(cases, good);
});

test("a case whose parameters are wrong says which and why", async () => {
  const cases = join(policy, "cases.ts");
  const good = await readFile(cases, "utf8");
  await writeFile(
    cases,
    `export const cases = [{ name: "x", params: { request: { headers: 7 } }, request: { path: "/" }, expect: { status: 200 } }];`,
  );
  const { done, printed } = playing({});
  await done;
  await writeFile(cases, good);
  expect(printed()).toMatch(
    /^ {7}invalid chain: chain: policies\[0\]: set-headers: request\.headers: expected an array, found 7/m,
  );
});
