/**
 * Every command: used well, used wrongly, without its gateway, and refused, each with the exact exit code, the id of its
 * error, JSON that fits the shipped schema, and no escape byte. A command without a row fails.
 */
import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import type { Command } from "commander";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { build } from "../../../cli/build/index.ts";
import { commands } from "../../../cli/commands/index.ts";
import { io } from "../../../cli/io.ts";
import { packageRoot } from "../../../cli/package-root.ts";
import { failure } from "../../../cli/schemas/parts.ts";
import { outputs } from "../../../cli/schemas/index.ts";
import { makeCertificate } from "../../../controller/tls/certificate.ts";
import { restApi, startTestGateway, type TestGateway } from "../../controller/fixtures/gateway.ts";
import { resourceKinds } from "../../../controller/model/index.ts";
import { ap, ownHome, type Typed } from "../ap.ts";
import { mcpDocument, mcpKind } from "./mcp-kind.ts";
import { rows, type Row } from "./rows.ts";

const silent = io(
  () => {},
  () => {},
);
const leaves = (command: Command, above = ""): [string, Command][] => {
  const path = `${above} ${command.name()}`.trim();
  return command.commands.length === 0
    ? [[path, command]]
    : command.commands.flatMap((inner) => leaves(inner as Command, path));
};
const tree = new Map(commands(silent).flatMap((one) => leaves(one)));
const ajv = new Ajv2020({ strict: false, formats: { "date-time": true } });
const has = (path: string, option: string): boolean =>
  tree.get(path)?.options.some(({ long }) => long === `--${option}`) === true;

test("every command has a row, and every row a command", () => {
  expect(Object.keys(rows).sort()).toEqual([...tree.keys()].sort());
});

test("every command that prints JSON in a form of its own has a schema, and every schema a command", () => {
  const printing = [...tree.keys()].filter(
    (path) => has(path, "quiet") && has(path, "output") && path !== "dev",
  );
  expect(Object.keys(outputs).sort()).toEqual(printing.sort());
});

let home: Awaited<ReturnType<typeof ownHome>>;
let t: TestGateway;
const known: Record<string, string> = {};

beforeAll(async () => {
  home = await ownHome();
  const { wasm } = await build(["policies/set-headers"]);
  t = await startTestGateway({ module: wasm, kinds: [...resourceKinds, mcpKind] });
  const { management, admin } = t.gateway.ports;
  const at = (port: number | null) => `http://127.0.0.1:${port}`;
  const gone = at(9);
  await ap("gateway", "add", "-n", "gone", "-s", gone, "--admin-server", gone);
  await ap("gateway", "add", "-n", "dev", "-s", at(management), "--admin-server", at(admin));
  const file = async (name: string, ...documents: object[]) => {
    known[name] = join(home.folder, `${name}.yaml`);
    await writeFile(known[name], documents.map((one) => stringify(one)).join("---\n"));
  };
  await file(
    "good",
    { kind: "Secret", metadata: { name: "kept" }, spec: { displayName: "Kept", value: "v" } },
    { kind: "Consumer", metadata: { name: "ada" }, spec: { displayName: "Ada" } },
    restApi("one", t.upstream.port),
    mcpDocument(t.upstream.port),
  );
  await file("bad", restApi("bad", t.upstream.port, { context: "no-slash" }));
  const key = (name: string, letter: string) => ({
    ...{ kind: "ApiKey", metadata: { name } },
    spec: { apiKey: letter.repeat(40) },
  });
  await file("key", key("k-1", "k"));
  await file("outside", key("outside-1", "o"));
  await file("renewed", key("outside-1", "r"));
  known["module"] = join(home.folder, "policies.wasm");
  await writeFile(known["module"], wasm);
  known["home"] = home.folder;
  known["nowhere"] = join(home.folder, "no", "where");
  known["pem"] = makeCertificate({ commonName: "corp", authority: true }).certificate;
});
afterAll(async () => {
  await t.close();
  await home.restore();
});

const filled = (words: readonly string[]): string[] =>
  words.map((word) => word.replace(/\$([a-z]+)/g, (whole, name: string) => known[name] ?? whole));

async function run(path: string, ...words: string[]): Promise<Typed> {
  const typed = await ap(...path.split(" "), ...filled(words));
  expect(typed.out + typed.err, "no escape byte").not.toContain("\u001b");
  return typed;
}

function expectFailure({ err, out }: Typed, code: number, id: string): void {
  expect(out).toBe("");
  const said: unknown = JSON.parse(err);
  expect(ajv.validate(failure, said), ajv.errorsText()).toBe(true);
  expect(said).toMatchObject({ error: { id, exitCode: code } });
}

const isWords = (done: Row["done"]): done is readonly string[] => Array.isArray(done);

/** Words that are well-formed, whether the gateway takes them or not. */
const wellFormed = ({ done, refused }: Row): readonly string[] =>
  !isWords(done) ? (typeof refused === "string" ? [] : refused[0]) : done;

describe.each(Object.entries(rows))("ap %s", (path, row) => {
  const asJson = has(path, "quiet") && has(path, "output") ? ["-o", "json"] : [];

  test("used well", async () => {
    const { done, keep, first } = row;
    if ("never" in done) return expect(row.refused).toBeInstanceOf(Array);
    if ("shownBy" in done) return expect(existsSync(join(packageRoot, done.shownBy))).toBe(true);
    if (first) expect((await ap(...filled(first))).code).toBe(0);
    const { code, out, err } = await run(path, ...done, ...asJson);
    expect({ code, err }).toEqual({
      code: 0,
      err: row.says ? expect.stringMatching(row.says) : "",
    });
    if (asJson.length === 0) return;
    const printed: unknown = JSON.parse(out);
    expect(ajv.validate(outputs[path]!, printed), `${ajv.errorsText()} in ${out}`).toBe(true);
    if (keep) known[keep[0]] = (printed as Record<string, string>)[keep[1]]!;
    const quiet = rows[path] && !keep && !/(delete|remove|create|add|revoke|rollback)$/.test(path);
    if (quiet) expect((await run(path, ...done, "--quiet")).out).toBe("");
  });

  test("used wrongly: 2", async () => {
    const text = await run(path, "--no-such-option");
    expect(text.code).toBe(2);
    expect(text.err).toMatch(new RegExp(`error AP-USAGE: .*[^]*try: ap ${path} --help`));
    const json = await run(path, "--no-such-option", "--output=json");
    expect(json.code).toBe(2);
    expectFailure(json, 2, "AP-USAGE");
  });

  test("without its gateway: 5", async () => {
    if (row.alone === "asks none") return expect(has(path, "gateway")).toBe(false);
    const words = wellFormed(row);
    // Of a row that names an unknown gateway, only what stands before that.
    const end = words.indexOf("--gateway");
    const own = end < 0 ? words : words.slice(0, end);
    const typed = await run(path, ...own, "--gateway", "gone", ...asJson);
    expect(typed.code).toBe(row.alone ?? 5);
    if (row.alone === undefined) expectFailure(typed, 5, "AP-UNREACHABLE");
  });

  test("refused", async () => {
    if (typeof row.refused === "string") return;
    const [words, code, id] = row.refused;
    const text = await run(path, ...words);
    expect(text.err).toContain(`error ${id}: `);
    expect(text.err).not.toContain("hidden");
    expect(text.code).toBe(code);
    const json = await run(path, ...words, ...asJson);
    expect(json.code).toBe(code);
    if (asJson.length > 0) expectFailure(json, code, id);
  });
});
