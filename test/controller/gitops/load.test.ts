import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { stringify } from "yaml";
import { managementBase } from "../../../controller/api/management.ts";
import { describeManagement } from "../../../controller/describe/management.ts";
import { resourceKinds } from "../../../controller/model/index.ts";
import { restApi, startTestGateway } from "../fixtures/gateway.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sluice-documents-"));
});
afterAll(() => rm(folder, { recursive: true }));

test("an immutable gateway serves what its folder holds, and takes no changes", async () => {
  const store = join(folder, "gateway.db");
  await writeFile(join(folder, "a.yaml"), stringify(restApi("a", 9)));
  await writeFile(join(folder, "b.json"), JSON.stringify(restApi("b", 9)));
  const options = { store, documents: folder, immutable: true, envoy: "none" } as const;
  const first = await startTestGateway(options);
  expect((await first.manage("GET", "/rest-apis")).body).toMatchObject({ count: 2 });
  const { paths } = describeManagement(managementBase, resourceKinds);
  const writes = Object.entries(paths).flatMap(([path, item]) =>
    Object.keys(item)
      .filter((method) => method !== "get")
      .map((method) => [method.toUpperCase(), path.replace(/\{\w+\}/g, "a")] as const),
  );
  expect(writes.length).toBeGreaterThan(30);
  for (const [method, path] of writes)
    expect(await first.manage(method, path, restApi("a", 9)), `${method} ${path}`).toMatchObject({
      status: 405,
      body: {
        status: "error",
        message: "Gateway is in immutable mode. Mutating operations are not allowed.",
      },
    });
  await first.close();
  await writeFile(join(folder, "b.json"), JSON.stringify(restApi("b", 9, { context: "/changed" })));
  const second = await startTestGateway(options);
  const revision = async (name: string) =>
    (
      (await second.manage("GET", `/rest-apis/${name}`)).body as unknown as {
        status: { revision: number };
      }
    ).status.revision;
  expect([await revision("a"), await revision("b")]).toEqual([1, 2]);
  await second.close();
  await rm(join(folder, "b.json"));
  const third = await startTestGateway(options);
  expect((await third.manage("GET", "/rest-apis/b")).status).toBe(404);
  expect((await third.manage("GET", "/rest-apis/a")).status).toBe(200);
  await third.close();
});

test("a document that is wrong ends the start with its file and field", async () => {
  await writeFile(join(folder, "c.yaml"), stringify(restApi("c", 9, { context: "c" })));
  await expect(startTestGateway({ documents: folder, envoy: "none" })).rejects.toMatchObject({
    message: expect.stringContaining(folder),
    fields: [
      { field: "c.yaml c spec.context", message: expect.stringContaining("must start with /") },
    ],
  });
});
