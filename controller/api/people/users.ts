/** `/users`: who may manage. Passwords come in and never go out. */
import { Hono, type Context } from "hono";
import { UserError } from "../../errors.ts";
import { secretBodyOf } from "../request/body.ts";
import { Reader } from "../../model/reader.ts";
import { audible } from "../../people/audited.ts";
import type { Authenticated } from "../../people/authenticate.ts";
import { maxPasswordBytes } from "../../people/password.ts";
import { roles, type Role } from "../../people/roles.ts";
import type { User, Users } from "../../people/users.ts";
import { problem } from "../respond.ts";

const minPasswordLength = 12;

export function userRoutes(users: Users): Hono<Authenticated> {
  const app = new Hono<Authenticated>();
  app.use(audible<User>({ kind: "User", handleOf: ({ username }) => username, show: represent }));

  app.get("/", async (c) => {
    const all = (await users.list()).map(represent);
    return c.json({ status: "success", count: all.length, users: all });
  });

  app.get("/:name", async (c) => {
    const user = await users.find(c.req.param("name"));
    return user ? c.json(represent(user)) : missing(c);
  });

  app.post("/", async (c) => {
    const body = await read(c);
    const { username, password, roles } = readNewUser(body);
    finish(body);
    if (!(await users.create(username!, password!, roles)))
      return problem(c, 409, `user '${username}' already exists`);
    return answer(c, username!, 201);
  });

  app.put("/:name", async (c) => {
    const name = c.req.param("name");
    const before = await users.find(name);
    if (!before) return missing(c);
    if (before.configured) return fromConfiguration(c);
    const body = await read(c);
    const { password, roles: wanted } = readChange(body);
    finish(body);
    if (wanted && !wanted.includes("admin") && (await isLastAdmin(users, before)))
      return lastAdmin(c);
    await users.change(name, { ...(password && { password }), ...(wanted && { roles: wanted }) });
    return answer(c, name, 200);
  });

  app.delete("/:name", async (c) => {
    const name = c.req.param("name");
    const before = await users.find(name);
    if (!before) return missing(c);
    if (before.configured) return fromConfiguration(c);
    if (await isLastAdmin(users, before)) return lastAdmin(c);
    await users.remove(name);
    return c.body(null, 204);
  });

  async function answer(c: Context, name: string, status: 200 | 201) {
    const user = await users.find(name);
    if (!user) return missing(c);
    return c.json(represent(user), status);
  }
  return app;
}

const represent = ({ username, roles, configured }: User) => ({
  ...{ username, roles },
  source: configured ? "configuration" : "store",
});

const missing = (c: Context) => problem(c, 404, `user '${c.req.param("name")}' not found`);
const fromConfiguration = (c: Context) =>
  problem(c, 409, "this user comes from the configuration and is changed there");
const lastAdmin = (c: Context) =>
  problem(c, 409, "this is the last admin; nobody could manage any more");

async function isLastAdmin(users: Users, user: User): Promise<boolean> {
  const admins = (await users.list()).filter((one) => one.roles.includes("admin"));
  return admins.length === 1 && admins[0]!.username === user.username;
}

async function read(c: Context): Promise<Reader> {
  const reader = new Reader(await secretBodyOf(c), "");
  reader.isObject();
  return reader;
}

export function readNewUser(body: Reader) {
  return {
    username: body
      .at("username")
      .required()
      .text({
        max: 100,
        pattern: /^(?!\.{1,2}$)[^\s:\p{C}]+$/u,
        says: "must not have whitespace or a colon, nor be . or ..",
      }),
    password: readPassword(body.at("password").required()),
    roles: readRoles(body.at("roles").required()),
  };
}

/** What is left out stays as it is. */
export function readChange(body: Reader) {
  body.at("username");
  return {
    password: readPassword(body.at("password")),
    roles: body.has("roles") ? readRoles(body.at("roles")) : null,
  };
}

function readPassword(field: Reader): string | null {
  field.expects({ type: "string", minLength: minPasswordLength, maxLength: maxPasswordBytes });
  if (!field.absent && typeof field.raw() !== "string") field.fail("must be a text");
  const password = field.absent ? null : String(field.raw());
  if (password !== null && password.length < minPasswordLength)
    field.fail(`must have at least ${minPasswordLength} characters`);
  if (password !== null && Buffer.byteLength(password) > maxPasswordBytes)
    field.fail(`must have at most ${maxPasswordBytes} bytes`);
  return password;
}

const readRoles = (field: Reader): Role[] =>
  field
    .items({ min: 1, max: roles.length })
    .map((item) => item.required().oneOf(roles))
    .filter((role) => role !== null);

/** Here a field that nobody knows is refused: a misspelt `roles` must not give what it did not say. */
function finish(body: Reader): void {
  body.done();
  const { errors, unknown } = body.findings;
  const all = [...errors, ...unknown.map((field) => ({ field, message: "is not known" }))];
  if (all.length > 0) throw new UserError("The user is not valid", all);
}
