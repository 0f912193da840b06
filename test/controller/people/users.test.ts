import { hashSync } from "bcryptjs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { maxFailures } from "../../../controller/people/failures.ts";
import { startTestGateway, type TestGateway } from "../fixtures/gateway.ts";

let t: TestGateway;
const basic = (name: string, password: string) => ({
  authorization: `Basic ${Buffer.from(`${name}:${password}`).toString("base64")}`,
});
const root = basic("root", "root's password");

beforeAll(async () => {
  t = await startTestGateway({
    envoy: "none",
    users: [{ username: "root", password: hashSync("root's password", 4), roles: ["admin"] }],
  });
});
afterAll(() => t.close());

test("a configured user may have a bcrypt hash, which is no password", async () => {
  expect((await t.manage("GET", "/users", undefined, root)).status).toBe(200);
  const hash = hashSync("root's password", 4);
  expect((await t.manage("GET", "/users", undefined, basic("root", hash))).status).toBe(401);
});

describe("a user in the store", () => {
  const ada = { username: "ada", password: "ada's long password", roles: ["developer"] };

  test("is made, signs in with a role, changes and goes, and no answer has a password", async () => {
    const created = await t.manage("POST", "/users", ada, root);
    expect(created.status).toBe(201);
    expect(created.body).toEqual({ username: "ada", roles: ["developer"], source: "store" });
    expect((await t.manage("POST", "/users", ada, root)).status).toBe(409);
    const own = basic("ada", ada.password);
    expect((await t.manage("GET", "/rest-apis", undefined, own)).status).toBe(200);
    expect(await t.manage("GET", "/users", undefined, own)).toMatchObject({
      status: 403,
      body: { code: "forbidden", message: "needs one of the roles admin" },
    });
    const changed = await t.manage("PUT", "/users/ada", { password: "another password" }, root);
    expect(changed.body).toMatchObject({ roles: ["developer"] });
    expect((await t.manage("GET", "/rest-apis", undefined, own)).status).toBe(401);
    const list = await t.manage("GET", "/users", undefined, root);
    expect(JSON.stringify(list.body)).not.toMatch(/password|\$2b/);
    expect((await t.manage("DELETE", "/users/ada", undefined, root)).status).toBe(204);
    const again = await t.manage("GET", "/rest-apis", undefined, basic("ada", "another password"));
    expect(again.status).toBe(401);
  });

  test.each([
    [{ password: "short" }, "password"],
    [{ password: "x".repeat(73) }, "password"],
    [{ password: 123456789012 }, "password"],
    [{ roles: ["owner"] }, "roles[0]"],
    [{ roles: [] }, "roles"],
    [{ username: "a:b" }, "username"],
    [{ rolse: ["admin"] }, "rolse"],
  ])("is refused with %j", async (wrong, field) => {
    const answer = await t.manage("POST", "/users", { ...ada, username: "eve", ...wrong }, root);
    expect(answer.status).toBe(400);
    expect(answer.body.errors?.map((error) => error.field)).toContain(field);
  });

  test("of the configuration is changed there only", async () => {
    expect((await t.manage("DELETE", "/users/root", undefined, root)).status).toBe(409);
    expect((await t.manage("PUT", "/users/root", { roles: ["consumer"] }, root)).status).toBe(409);
  });
});

test("every path has its roles, and what is not in the table is for admins", async () => {
  await t.manage(
    "POST",
    "/users",
    { username: "con", password: "consumer's pass", roles: ["consumer"] },
    root,
  );
  await t.manage(
    "POST",
    "/users",
    { username: "dev", password: "developer's pass", roles: ["developer"] },
    root,
  );
  const [con, dev] = [basic("con", "consumer's pass"), basic("dev", "developer's pass")];
  const status = async (path: string, who: Record<string, string>, method = "GET") =>
    (await t.manage(method, path, undefined, who)).status;
  expect(await status("/rest-apis", con)).toBe(403);
  expect(await status("/rest-apis/none", dev)).toBe(404);
  expect(await status("/rest-apis/none/api-keys", dev)).toBe(403);
  expect(await status("/rest-apis/none/api-keys", con)).toBe(404);
  for (const path of ["/modules", "/audit", "/users", "/secrets", "/subscriptions", "/unheard-of"])
    for (const who of [con, dev]) expect(await status(path, who), path).toBe(403);
  expect(await status("/modules/rollback", dev, "POST")).toBe(403);
  // The unprefixed paths are the same API.
  const bare = `http://127.0.0.1:${t.gateway.ports.management}/users`;
  expect(await status(bare, dev)).toBe(403);
});

test("whoever guesses has to wait, and whoever was right a moment ago does not", async () => {
  expect((await t.manage("GET", "/users", undefined, root)).status).toBe(200);
  for (let i = 0; i < maxFailures; i++)
    await t.manage("GET", "/users", undefined, basic("root", `guess ${i}`));
  expect(await t.manage("GET", "/users", undefined, basic("root", "guess"))).toMatchObject({
    status: 429,
    body: { code: "authentication_failed" },
  });
  expect((await t.manage("GET", "/users", undefined, root)).status).toBe(200);
});
