/** A change and its entry of the audit log are one transaction: neither is there without the other. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { managementBase } from "../../../controller/api/management.ts";
import { Store } from "../../../controller/store/store.ts";
import { makeCertificate } from "../../../controller/tls/certificate.ts";
import { restApi, startTestGateway, type TestGateway } from "../fixtures/gateway.ts";
import { startPostgres, type TestPostgres } from "../fixtures/postgres.ts";
import { tinyModule } from "../tiny-filter.ts";

let folder: string;
let postgres: TestPostgres;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sluice-audit-"));
  postgres = await startPostgres();
});
afterAll(async () => {
  await postgres.stop();
  await rm(folder, { recursive: true });
});

const authorization = `Basic ${Buffer.from("root:root's password").toString("base64")}`;
const consumer = (displayName: string) => ({
  ...{ kind: "Consumer", metadata: { name: "kept" }, spec: { displayName } },
});
const subscription = { apiId: "kept", subscriptionToken: "a-token-of-a-subscriber" };

interface Entry {
  kind: string | null;
  status: number;
  path: string;
  before: Record<string, unknown> | null;
  after: Record<string, unknown> | null;
}

describe.each([
  ["SQLite", () => Promise.resolve(join(folder, "gateway.db"))],
  ["PostgreSQL", () => postgres.createDatabase()],
])("on %s", (_, locate) => {
  let t: TestGateway;
  let store: Store;
  const call = (method: string, path: string, body?: unknown) =>
    t.manage(method, path, body, { authorization });
  const entries = async (): Promise<Entry[]> => {
    const { body } = await call("GET", "/audit?limit=1000");
    return (body as unknown as { entries: Entry[] }).entries;
  };

  beforeAll(async () => {
    const location = await locate();
    const users = [{ username: "root", password: "root's password", roles: ["admin" as const] }];
    t = await startTestGateway({ envoy: "none", store: location, users });
    store = await Store.open(location);
    await call("POST", "/rest-apis", restApi("kept", 1));
    await call("POST", "/consumers", consumer("kept"));
    await call("POST", "/subscription-plans", { planName: "kept" });
    await call("POST", "/users", {
      username: "kept",
      password: "a long password",
      roles: ["admin"],
    });
  });
  afterAll(async () => {
    await store.close();
    await t.close();
  });

  const upload = async (query: string, mark = "other") => {
    const body = (await tinyModule(mark)) as BodyInit;
    const url = `http://127.0.0.1:${t.gateway.ports.management}${managementBase}/modules${query}`;
    return fetch(url, { method: "POST", headers: { authorization }, body });
  };

  test("nothing is changed while the audit log cannot be written, and the answer says so", async () => {
    const state = async () => {
      const lists = ["rest-apis", "consumers", "secrets", "subscriptions", "certificates", "users"];
      const paths = [...lists, "subscription-plans", "revoked-tokens", "modules"];
      const answers = paths.map(async (path) => (await call("GET", `/${path}`)).body);
      const keys = await call("GET", "/rest-apis/kept/api-keys");
      return [...(await Promise.all(answers)), keys.body];
    };
    const before = await state();
    const { certificate } = makeCertificate({ commonName: "ca", names: ["localhost"] });
    const revoked = { jti: "one", issuer: "i", expiresAt: "2100-01-01T00:00:00Z" };
    const secret = {
      kind: "Secret",
      metadata: { name: "s" },
      spec: { displayName: "s", value: "v" },
    };
    await store.db.schema.alterTable("audit").renameTo("audit_away").execute();
    try {
      for (const [method, path, body] of [
        ["POST", "/rest-apis", restApi("new", 1)],
        ["PUT", "/rest-apis/kept", restApi("kept", 2)],
        ["DELETE", "/rest-apis/kept", undefined],
        ["POST", "/rest-apis/kept/api-keys", { name: "new" }],
        ["PUT", "/consumers/kept", consumer("changed")],
        ["DELETE", "/consumers/kept", undefined],
        ["POST", "/secrets", secret],
        ["POST", "/subscriptions", subscription],
        ["POST", "/subscription-plans", { planName: "new" }],
        ["POST", "/certificates", { name: "ca", certificate }],
        ["POST", "/revoked-tokens", revoked],
        ["POST", "/users", { username: "new", password: "a long password", roles: ["admin"] }],
        ["PUT", "/users/kept", { roles: ["developer"] }],
        ["DELETE", "/users/kept", undefined],
      ] as const) {
        const answer = await call(method, path, body);
        expect([method, path, answer.status, answer.body]).toEqual([
          ...[method, path, 503],
          { status: "error", message: "nothing was changed: the audit log cannot be written" },
        ]);
      }
      expect((await upload("?assign=true")).status).toBe(503);
    } finally {
      await store.db.schema.alterTable("audit_away").renameTo("audit").execute();
    }
    expect(await state()).toEqual(before);
    expect((await call("PUT", "/rest-apis/kept", restApi("kept", 3))).status).toBe(200);
    expect((await entries())[0]).toMatchObject({ path: `${managementBase}/rest-apis/kept` });
  });

  test("what another change forbids within the transaction is told as refused, and as nothing else", async () => {
    const stale = { authorization, "if-match": '"77"' };
    const answer = await t.manage("PUT", "/rest-apis/kept", restApi("kept", 4), stale);
    expect(answer.status).toBe(412);
    expect((await entries())[0]).toMatchObject({
      status: 412,
      kind: null,
      before: null,
      after: null,
    });
  });

  test("one request has one entry, with the status that it was answered with", async () => {
    const count = (await entries()).length;
    const made = await call("POST", "/subscriptions", subscription);
    const { id } = made.body as unknown as { id: string };
    expect((await call("DELETE", `/subscriptions/${id}`)).status).toBe(204);
    expect((await upload("?assign=true")).status).toBe(201);
    const [assigned, removed, created, ...older] = await entries();
    expect(older).toHaveLength(count);
    expect(created).toMatchObject({ status: 201, kind: "Subscription", before: null });
    expect(removed).toMatchObject({
      status: 204,
      kind: "Subscription",
      before: { id },
      after: null,
    });
    expect(assigned).toMatchObject({ kind: "Module", after: { serving: expect.any(String) } });
  });

  test("a module that some gateways try has one entry, which tells of the trial", async () => {
    const count = (await entries()).length;
    expect((await upload("?canary=10%25", "tried")).status).toBe(202);
    const [tried, ...older] = await entries();
    expect(older).toHaveLength(count);
    expect(tried).toMatchObject({ status: 202, kind: "Canary", after: { share: 0.1 } });
  });
});
