/** A module that has every policy, with every parameter, and yet cannot run what is deployed. */
import { mkdtemp, mkdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { build } from "../../../../cli/build/index.ts";
import { restApi, startTestGateway, type TestGateway } from "../../fixtures/gateway.ts";

/** Both take a word; the strict one refuses a short one when it is configured, which no schema says. */
async function picky(strict: boolean): Promise<Uint8Array> {
  const path = join(folder, strict ? "strict" : "mild", "picky");
  await mkdir(path, { recursive: true });
  await writeFile(
    join(path, "policy.yaml"),
    `name: picky
version: 1.${Number(strict)}.0
description: Likes long words.
parameters: { type: object, required: [word], properties: { word: { type: string } } }
`,
  );
  await writeFile(
    join(path, "policy.ts"),
    `import { Policy, Request, Verdict } from "sluice/sdk";
import { Params } from "./params";

export class Picky extends Policy<Params> {
  configure(): string | null {
    return ${strict} && this.params.word.length < 4 ? "word: too short" : null;
  }

  onRequestHeaders(request: Request): Verdict {
    request.headers.set("x-word", this.params.word);
    return Verdict.Continue;
  }
}
`,
  );
  return (await build([path, "policies/remove-headers"])).wasm;
}

let folder: string;
let t: TestGateway;
let mild: string;
let strict: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sluice-picky-"));
  t = await startTestGateway({ envoy: "none", module: await picky(false) });
  mild = t.gateway.modules.current!.hash;
  strict = (await t.gateway.modules.upload(await picky(true))).hash;
});
afterAll(async () => {
  await t.close();
  await rm(folder, { recursive: true });
});

const wordy = (name: string, word: string) =>
  restApi(name, 1, { policies: [{ name: "picky", version: "v1", params: { word } }] });
const assign = (hash: string) => t.manage("POST", `/modules/${hash}/assign`);

test("does not serve, and the answer names each API and the field", async () => {
  for (const [name, word] of Object.entries({ a: "no", b: "longer", c: "nay" }))
    expect((await t.manage("POST", "/rest-apis", wordy(name, word))).status).toBe(201);
  expect(await assign(strict)).toMatchObject({
    status: 400,
    body: {
      errors: ["a", "c"].map((name) => ({
        field: `${name}: spec.policies[0].params.word`,
        message: "too short",
      })),
    },
  });
  expect(t.gateway.modules.current!.hash).toBe(mild);
});

test("does not serve after a restart either, for which it is given", async () => {
  const location = join(folder, "gateway.db");
  const start = (module: Uint8Array) =>
    startTestGateway({ envoy: "none", store: location, module });
  const before = await start(await picky(false));
  await before.manage("POST", "/rest-apis", wordy("a", "no"));
  await before.close();
  const after = await start(await picky(true));
  expect(after.gateway.modules.current!.hash).toBe(mild);
  expect(after.logs.join("\n")).toContain("a: spec.policies[0].params.word too short");
  expect((await after.manage("GET", "/rest-apis/a")).body).toMatchObject({
    status: { problem: null },
  });
  await after.close();
});

test("serves when what it cannot run is gone", async () => {
  await t.manage("DELETE", "/rest-apis/a");
  await t.manage("PUT", "/rest-apis/c", wordy("c", "longer"));
  expect((await assign(strict)).status).toBe(200);
  expect((await t.manage("POST", "/modules/rollback")).status).toBe(200);
  expect(t.gateway.modules.current!.hash).toBe(mild);
});
