/** A module that has every policy, with every parameter, and yet cannot run what is deployed. */
import { mkdtemp, mkdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { resourceKinds } from "../../../../controller/model/index.ts";
import { Store } from "../../../../controller/store/store.ts";
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

test("a change does not wait until all that is deployed is tried, and is tried itself", async () => {
  const { control, modules } = t.gateway;
  const change = (word: string) =>
    control.put(resourceKinds[0], wordy("c", word), { replace: "c", expected: "any" });
  const done: string[] = [];
  const swap = modules.assign(strict).finally(() => done.push("swap"));
  await change("no").finally(() => done.push("change"));
  await expect(swap).rejects.toMatchObject({
    fields: [{ field: "c: spec.policies[0].params.word", message: "too short" }],
  });
  expect(done).toEqual(["change", "swap"]);
  expect(modules.current!.hash).toBe(mild);
  await change("longer");
});

test("a document that this version cannot read keeps no module from serving, nor the list of policies", async () => {
  const location = join(folder, "unread.db");
  const store = await Store.open(location);
  const facts = { kind: "RestApi", handle: "old", displayName: "old", version: "v1" };
  const source = { ...restApi("old", 1), kind: "Older" };
  await store.write({ ...facts, source, deployed: true }, "none");
  await store.close();
  const later = await startTestGateway({
    ...{ envoy: "none", store: location, module: await picky(false) },
  });
  const { hash } = await later.gateway.modules.upload(await picky(true));
  expect((await later.manage("POST", `/modules/${hash}/assign`)).status).toBe(200);
  expect((await later.manage("GET", "/policies?used=true")).body).toMatchObject({ count: 0 });
  expect((await later.manage("GET", "/rest-apis/old")).body).toMatchObject({
    status: { problem: { reason: expect.stringContaining("kind must be RestApi") } },
  });
  await later.close();
});
