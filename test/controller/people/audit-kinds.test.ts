/** The audit log over all that can be changed, as the description lists it: a new kind is looked at by being one. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { managementBase } from "../../../controller/api/management.ts";
import { describeManagement } from "../../../controller/describe/management.ts";
import { resourceKinds } from "../../../controller/model/index.ts";
import { makeCertificate } from "../../../controller/tls/certificate.ts";
import { collections } from "../../contract/fuzz/world.ts";
import { restApi, startTestGateway, type TestGateway } from "../fixtures/gateway.ts";
import { tinyModule } from "../tiny-filter.ts";

const api = describeManagement(managementBase, resourceKinds);
let t: TestGateway;
const authorization = `Basic ${Buffer.from("root:root's password").toString("base64")}`;
const call = (method: string, path: string, body?: unknown) =>
  t.manage(method, path, body, { authorization });

beforeAll(async () => {
  t = await startTestGateway({
    envoy: "none",
    users: [{ username: "root", password: "root's password", roles: ["admin"] }],
  });
  await call("POST", "/rest-apis", restApi("kept", 1));
  await call("POST", "/consumers", { kind: "Consumer", metadata: { name: "kept" }, spec: {} });
});
afterAll(() => t.close());

interface Entry {
  kind: string;
  action: string;
  handle: string;
  before: object | null;
  after: object | null;
}

const newest = async (): Promise<Entry> => {
  const { body } = await call("GET", "/audit?limit=1");
  return (body as unknown as { entries: Entry[] }).entries[0]!;
};

const examples: Record<string, object> = {
  "/subscriptions": { apiId: "kept", subscriptionToken: "hunter2-of-a-subscriber" },
  "/certificates": {
    name: "ca",
    certificate: makeCertificate({ commonName: "ca", names: ["localhost"] }).certificate,
  },
};

const exampleOf = (path: string, method: string): object => {
  const content = api.paths[path]![method]!.requestBody!.content["application/json"]!;
  return (examples[path] ?? content.example) as object;
};

/** Those of the management API; `/audit` itself cannot be written. */
const written = Object.keys(api.paths).filter(
  (path) => api.paths[path]!["post"]?.requestBody && path in collections,
);

test("covers everything that can be made and taken away", () => {
  const removable = Object.keys(api.paths)
    .filter((path) => api.paths[path]!["delete"])
    .map((path) => path.replace(/\/\{\w+\}$/, ""));
  expect([...written].sort()).toEqual(
    removable.filter((path) => path !== "/modules/canary").sort(),
  );
});

describe.each(written)("a change of %s", (path) => {
  test("is there with what was before and after", async () => {
    const list = path.replace("{id}", "kept");
    const made = await call("POST", list, exampleOf(path, "post"));
    expect(made.status).toBe(201);
    const created = await newest();
    expect(created).toMatchObject({ action: "create", before: null });
    expect(created.after).not.toBeNull();
    const id = String(collections[path]!.idOf(made.body as never));
    const one = Object.keys(api.paths).find(
      (other) => other.replace(/\/\{\w+\}$/, "") === path && other !== path,
    )!;
    // A key that was made here is regenerated, not replaced.
    if (api.paths[one]!["put"] && !path.endsWith("/api-keys")) {
      expect((await call("PUT", `${list}/${id}`, exampleOf(one, "put"))).status).toBe(200);
      expect(await newest()).toMatchObject({
        ...{ action: "replace", kind: created.kind, handle: created.handle },
        ...{ before: created.after, after: expect.anything() },
      });
    }
    await call("DELETE", `${list}/${id}`);
    expect(await newest()).toMatchObject({
      ...{ action: "delete", kind: created.kind, handle: created.handle },
      ...{ before: expect.anything(), after: null },
    });
  });
});

test("which module serves in place of which is there", async () => {
  const bytes = await tinyModule("other");
  const upload = await fetch(
    `http://127.0.0.1:${t.gateway.ports.management}${managementBase}/modules?assign=true`,
    {
      method: "POST",
      headers: { authorization },
      body: bytes as BodyInit,
    },
  );
  expect(upload.status).toBe(201);
  const entry = await newest();
  expect(entry).toMatchObject({ kind: "Module", before: { serving: expect.any(String) } });
  expect(entry.after).toEqual({ serving: entry.handle });
  expect(entry.before).not.toEqual(entry.after);
});

test("an entry cannot be changed, removed or written by anybody", async () => {
  const { body } = await call("GET", "/audit");
  const { entries } = body as unknown as { entries: { id: number }[] };
  const base = `http://127.0.0.1:${t.gateway.ports.management}${managementBase}`;
  for (const [method, path, status] of [
    ["DELETE", "/audit", 405],
    ["POST", "/audit", 405],
    ["PUT", `/audit/${entries[0]!.id}`, 404],
    ["PATCH", `/audit/${entries[0]!.id}`, 404],
    ["DELETE", `/audit/${entries[0]!.id}`, 404],
  ] as const)
    expect(
      (await fetch(`${base}${path}`, { method, headers: { authorization } })).status,
      `${method} ${path}`,
    ).toBe(status);
  const after = await call("GET", "/audit");
  const ids = (after.body as unknown as typeof body & { entries: { id: number }[] }).entries.map(
    ({ id }) => id,
  );
  expect(ids).toEqual(expect.arrayContaining(entries.map(({ id }) => id)));
});

test("no key, token, password or value of a secret is in it", async () => {
  const { apiKey } = (await call("POST", "/rest-apis/kept/api-keys", { name: "seen" }))
    .body as unknown as {
    apiKey: { apiKey: string };
  };
  const text = JSON.stringify((await call("GET", "/audit?limit=1000")).body);
  for (const secret of ["hunter2", "not-to-be-told", "a long password", apiKey.apiKey.slice(5)])
    expect(text).not.toContain(secret);
});
