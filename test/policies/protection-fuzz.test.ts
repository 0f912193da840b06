/** The protection policies against oracles of their own, on requests by chance: nothing that must not pass does. */
import { BlockList, isIP } from "node:net";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { build } from "../../cli/build/index.ts";
import { simulate, type Answer, type Gateway, type Request } from "../../host-sim/index.ts";

const names = [
  "cors",
  "csrf",
  "ip-restriction",
  "json-threat",
  "request-validation",
  "cel-authz",
  "basic-auth",
];
const open: Gateway[] = [];
let module: Uint8Array;
beforeAll(async () => {
  const folders = names.map((name) => join(import.meta.dirname, "../../policies", name));
  module = (await build(folders)).wasm;
});
afterAll(async () => {
  for (const gateway of open) await gateway.close();
});

const link = (name: string, params: object) => ({ name, version: "v1", params });

async function behind(
  ...policies: ReturnType<typeof link>[]
): Promise<(request: Request) => Promise<Answer>> {
  const gateway = await simulate({
    module,
    rootId: "sluice.gateway",
    chain: { policies },
    upstream: { status: 200 },
  });
  open.push(gateway);
  return async (request) => {
    const answer = await gateway.request(request);
    expect(answer.status).not.toBe(500);
    return answer;
  };
}

const seeded = (numRuns: number) => ({ seed: 11, numRuns });

test("ip-restriction decides as the machine's own reading of addresses does", async () => {
  const send = await behind(
    link("ip-restriction", {
      allow: ["10.0.0.0/9", "2001:db8::/33"],
      trustedproxies: ["127.0.0.1"],
    }),
  );
  const allowed = new BlockList();
  allowed.addSubnet("10.0.0.0", 9, "ipv4");
  allowed.addSubnet("2001:db8::", 33, "ipv6");
  const v4 = fc.oneof(
    fc.ipV4(),
    fc
      .tuple(fc.constantFrom("10.0", "10.127", "10.128", "010.1"), fc.ipV4())
      .map(([a, b]) => `${a}.${b.split(".").slice(2).join(".")}`),
  );
  const v6 = fc.oneof(
    fc.ipV6(),
    v4.map((one) => `::ffff:${one}`),
    fc.constantFrom("2001:db8:7fff::1", "2001:db8:8000::1", "2001:DB8::", "2001:db8::1%lo"),
  );
  const hop = fc.oneof(v4, v6, fc.stringMatching(/^[0-9a-f.:%]{0,12}$/));
  await fc.assert(
    fc.asyncProperty(hop, hop, async (spoofed, client) => {
      const { status } = await send({
        path: "/",
        headers: { "x-forwarded-for": `${spoofed}, ${client}` },
      });
      const family = client.includes("%") ? 0 : isIP(client);
      // The client is the proxy itself where the last hop is the proxy's own address.
      fc.pre(!client.endsWith("127.0.0.1"));
      const passes = family !== 0 && allowed.check(client, family === 6 ? "ipv6" : "ipv4");
      if (family !== 0) expect([client, status]).toEqual([client, passes ? 200 : 403]);
      else if (status === 200) expect(client).toMatch(/^(\[[^\]]+\]|[^:]*):/);
    }),
    seeded(600),
  );
});

test("json-threat lets nothing through that is no JSON or beyond a limit", async () => {
  const limits = {
    maxDepth: 3,
    maxPropertyCount: 3,
    maxArrayElementCount: 3,
    maxStringLength: 8,
    maxKeyLength: 4,
  };
  const send = await behind(link("json-threat", limits));
  const depth = (value: unknown): number =>
    typeof value === "object" && value !== null
      ? 1 + Math.max(0, ...Object.values(value).map(depth))
      : 0;
  const within = (value: unknown): boolean => {
    if (typeof value === "string") return Buffer.byteLength(value) <= 8;
    if (typeof value !== "object" || value === null) return true;
    if (Object.keys(value).length > 3) return false;
    return Object.entries(value).every(
      ([key, one]) => (Array.isArray(value) || Buffer.byteLength(key) <= 4) && within(one),
    );
  };
  const text = fc.oneof(
    fc.json({ maxDepth: 4 }),
    fc
      .tuple(
        fc.json({ maxDepth: 3 }),
        fc.nat(),
        fc.constantFrom("", ",", "}", "]", '"', "\\", "\u0000", "1"),
      )
      .map(([json, at, piece]) => {
        const cut = at % (json.length + 1);
        return json.slice(0, cut) + piece + json.slice(cut + 1);
      }),
  );
  await fc.assert(
    fc.asyncProperty(text, async (body) => {
      fc.pre(body.length > 0);
      const headers = { "content-type": "application/json" };
      const { status } = await send({ method: "POST", path: "/", headers, body });
      if (status !== 200) return void expect(status).toBe(400);
      const value: unknown = JSON.parse(body);
      expect([body, depth(value) <= 3 && within(value)]).toEqual([body, true]);
    }),
    seeded(1_500),
  );
});

test("cel-authz lets nobody at another's id, however the path is written", async () => {
  const send = await behind(
    link("basic-auth", { username: "ada", password: "x" }),
    link("cel-authz", { expression: "path.id == auth.Subject", path: "/users/{id}/*" }),
  );
  const authorization = `Basic ${Buffer.from("ada:x").toString("base64")}`;
  const piece = fc.constantFrom(
    "ada",
    "bob",
    "/",
    "//",
    ".",
    "..",
    "%2e",
    "%2F",
    "%61da",
    "%00",
    ";",
    "?",
    "a",
    "users",
    "\u00e4",
  );
  await fc.assert(
    fc.asyncProperty(fc.array(piece, { maxLength: 6 }), async (pieces) => {
      const path = `/users/${pieces.join("")}`;
      const { upstream } = await send({ path, headers: { authorization } });
      if (!upstream) return;
      const [, users, id] = upstream.path.split("?", 1)[0]!.split("/");
      expect([users, decodeURIComponent(id ?? "")]).toEqual(["users", "ada"]);
    }),
    seeded(1_500),
  );
});

test("cors grants an origin only if it was named or a pattern finds it", async () => {
  const send = await behind(
    link("cors", {
      allowedOrigins: ["https://app.example.com", "^https://[a-z]+\\.example\\.org$"],
      allowCredentials: true,
    }),
  );
  const piece = fc.constantFrom(
    "https://",
    "http://",
    "app",
    ".example.com",
    ".example.org",
    "evil",
    ":443",
    "@",
    "/",
    ".",
    "null",
    "*",
    ",",
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(piece, { maxLength: 5 }),
      fc.constantFrom("GET", "OPTIONS"),
      async (pieces, method) => {
        const origin = pieces.join("");
        const answer = await send({ method, path: "/", headers: { origin } });
        const allowed =
          origin === "https://app.example.com" || /^https:\/\/[a-z]+\.example\.org$/.test(origin);
        expect([origin, answer.header("access-control-allow-origin")]).toEqual([
          origin,
          allowed ? origin : null,
        ]);
      },
    ),
    seeded(1_000),
  );
});

test("csrf takes no token that was changed", async () => {
  const send = await behind(link("csrf", { key: "a secret of some length" }));
  const cookie = (await send({ path: "/" })).header("set-cookie")!;
  const token = /=([^;]+);/.exec(cookie)![1]!;
  const post = async (one: string) =>
    (
      await send({
        method: "POST",
        path: "/",
        headers: { cookie: `csrf-token=${one}`, "csrf-token": one },
      })
    ).status;
  expect(await post(token)).toBe(200);
  await fc.assert(
    fc.asyncProperty(
      fc.nat(token.length),
      fc.nat(3),
      fc.stringMatching(/^[\w.-]{0,3}$/),
      async (at, size, piece) => {
        const changed = token.slice(0, at) + piece + token.slice(at + size);
        fc.pre(changed !== token);
        expect([changed, await post(changed)]).toEqual([changed, 403]);
      },
    ),
    seeded(1_000),
  );
});

test("request-validation answers every query with yes or a reason", async () => {
  const schema = {
    properties: { n: { type: "integer", maximum: 9 }, l: { type: "array", maxItems: 2 } },
    additionalProperties: { maxLength: 3 },
  };
  const send = await behind(link("request-validation", { query: { schema } }));
  const piece = fc.constantFrom(
    "n=",
    "l=",
    "&",
    "=",
    "1",
    "10",
    "-1",
    "1e1",
    "%31",
    "%",
    "%ff",
    "+",
    '"',
    "\\",
    "x",
    "n",
    "%6e",
  );
  await fc.assert(
    fc.asyncProperty(fc.array(piece, { maxLength: 8 }), async (pieces) => {
      const query = pieces.join("");
      const { status } = await send({ path: `/?${query}` });
      if (status !== 200) return void expect(status).toBe(400);
      const parameters = new URLSearchParams(query);
      for (const name of parameters.keys()) {
        const values = parameters.getAll(name);
        if (name === "n")
          expect([query, values.length, Number(values[0]) <= 9]).toEqual([query, 1, true]);
        else if (name === "l") expect(values.length).toBeLessThanOrEqual(2);
        else expect(values.every((value) => value.length <= 3)).toBe(true);
      }
    }),
    seeded(1_500),
  );
});
