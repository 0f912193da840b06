/** Whoever has little tries for more: other spellings of a path, other methods, headers that pretend. */
import { hashSync } from "bcryptjs";
import { request } from "node:http";
import { afterAll, beforeAll, expect, test } from "vitest";
import { managementBase } from "../../../controller/api/management.ts";
import { describeManagement } from "../../../controller/describe/management.ts";
import { resourceKinds } from "../../../controller/model/index.ts";
import { allowedRoles, roles, type Role } from "../../../controller/people/roles.ts";
import { startTestGateway, type TestGateway } from "../fixtures/gateway.ts";

let t: TestGateway;
beforeAll(async () => {
  t = await startTestGateway({
    envoy: "none",
    users: roles.map((role) => ({ username: role, password: hashSync("pass", 4), roles: [role] })),
  });
});
afterAll(() => t.close());

/** As it is written: a usual client would tidy the path up. */
const raw = (method: string, path: string, who: Role, headers: Record<string, string> = {}) =>
  new Promise<{ status: number; text: string }>((resolve, reject) => {
    const authorization = `Basic ${Buffer.from(`${who}:pass`).toString("base64")}`;
    const { management: port } = t.gateway.ports;
    request(
      { port, host: "127.0.0.1", method, path, headers: { authorization, ...headers } },
      (answer) => {
        const chunks: Buffer[] = [];
        answer.on("data", (chunk: Buffer) => chunks.push(chunk));
        answer.on("end", () =>
          resolve({ status: answer.statusCode ?? 0, text: Buffer.concat(chunks).toString() }),
        );
      },
    )
      .on("error", reject)
      .end();
  });

const spellings = [
  ...[
    "/users",
    "//users",
    "/./users",
    "/users/",
    "/users?",
    "/users#",
    "/users;a=b",
    "/USERS",
    "/%75sers",
  ],
  ...["/rest-apis/../users", "/rest-apis/%2e%2e/users", "/rest-apis/x/api-keys/../../../users"],
  ...[
    "/rest-apis/x%2Fapi-keys/../../users",
    "/rest-apis/x/api-keys%2f..%2f..%2fusers",
    "/rest-apis\\..\\users",
  ],
];

test.each(spellings)("%s shows the users to an admin only, under both bases", async (path) => {
  for (const base of ["", managementBase])
    for (const who of ["developer", "consumer"] as const) {
      const { status, text } = await raw("GET", base + path, who);
      expect([400, 403, 404], text).toContain(status);
      expect(text).not.toContain('"users"');
    }
});

test.each([
  ["x-http-method-override", "GET"],
  ["x-http-method", "GET"],
  ["x-original-url", "/rest-apis"],
  ["x-rewrite-url", "/rest-apis"],
  ["x-forwarded-user", "admin"],
  ["x-forwarded-prefix", "/rest-apis"],
  ["x-remote-user", "admin"],
  ["x-user-roles", "admin"],
])("a header %s: %s changes nothing", async (name, value) => {
  for (const who of ["developer", "consumer"] as const) {
    expect((await raw("GET", `${managementBase}/users`, who, { [name]: value })).status).toBe(403);
    expect(
      (await raw("DELETE", `${managementBase}/secrets/a`, who, { [name]: value })).status,
    ).toBe(403);
  }
});

test("HEAD needs the role that GET needs, and an unknown method the role of a change", async () => {
  expect((await raw("HEAD", `${managementBase}/users`, "developer")).status).toBe(403);
  expect((await raw("HEAD", `${managementBase}/certificates`, "developer")).status).toBe(200);
  for (const method of ["PATCH", "PROPFIND", "OPTIONS"])
    expect((await raw(method, `${managementBase}/certificates`, "developer")).status).toBe(403);
});

test("nobody gives himself a role: not by making a user, nor by changing the own one", async () => {
  for (const who of ["developer", "consumer"] as const)
    for (const [method, path] of [
      ["POST", "/users"],
      ["PUT", `/users/${who}`],
    ] as const)
      expect((await raw(method, managementBase + path, who)).status).toBe(403);
});

test("every described operation is for the roles that the table names, and refuses the others", async () => {
  const { paths } = describeManagement(managementBase, resourceKinds);
  for (const [path, item] of Object.entries(paths))
    for (const [method, operation] of Object.entries(item)) {
      const allowed = operation["x-roles"] as Role[] | undefined;
      if (!allowed) continue;
      expect(allowed).toEqual(allowedRoles(method.toUpperCase(), path));
      const asked = managementBase + path.replace(/\{\w+\}/g, "none");
      for (const who of roles.filter((role) => role !== "admin")) {
        const { status, text } = await raw(method.toUpperCase(), asked, who);
        const what = `${method} ${path} as ${who}: ${text}`;
        if (allowed.includes(who)) expect(status, what).not.toBe(403);
        else expect(status, what).toBe(403);
      }
    }
});

test("a password cannot be stretched: what bcrypt would cut off is looked at before", async () => {
  const long = "a".repeat(72);
  const users = [{ username: "long", password: hashSync(long, 4), roles: ["admin" as const] }];
  const other = await startTestGateway({ envoy: "none", users });
  try {
    const status = async (password: string) => {
      const authorization = `Basic ${Buffer.from(`long:${password}`).toString("base64")}`;
      return (await other.manage("GET", "/users", undefined, { authorization })).status;
    };
    expect(await status(long)).toBe(200);
    expect(await status(`${long}b`)).toBe(401);
  } finally {
    await other.close();
  }
});
