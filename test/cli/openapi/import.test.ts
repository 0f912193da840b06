/** What `ap import openapi` writes is applied to a gateway and asked in a real Envoy. */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { generateKeyPairSync } from "node:crypto";
import { exportJWK, SignJWT } from "jose";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse, stringify } from "yaml";
import { build } from "../../../cli/build/index.ts";
import { startTestGateway, type TestGateway } from "../../controller/fixtures/gateway.ts";
import { ap, ownHome } from "../ap.ts";
import { writeLarge } from "./large.ts";

const shop = join(import.meta.dirname, "shop.yaml");
const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
let home: Awaited<ReturnType<typeof ownHome>>;
beforeAll(async () => {
  home = await ownHome();
});
afterAll(() => home.restore());

describe("the shop's description", () => {
  let t: TestGateway;
  let key: string;
  beforeAll(async () => {
    const { wasm } = await build(
      ["api-key-auth", "basic-auth", "jwt-auth", "multi-auth", "request-validation"].map(
        (one) => `policies/${one}`,
      ),
    );
    const jwk = { ...(await exportJWK(publicKey)), kid: "k", alg: "RS256" };
    t = await startTestGateway({
      module: wasm,
      policyConfigurations: {
        jwtauth_v1: {
          keymanagers: [
            {
              name: "idp",
              issuer: "https://idp.test",
              jwks: { local: { inline: JSON.stringify({ keys: [jwk] }) } },
            },
          ],
        },
      },
    });
    await ap("gateway", "add", "-n", "dev", "-s", `http://127.0.0.1:${t.gateway.ports.management}`);
    const file = join(home.folder, "shop.yaml");
    const imported = await ap(
      ...["import", "openapi", shop, "-o", file, "--name", "shop"],
      ...["--upstream", `http://127.0.0.1:${t.upstream.port}/shop`],
    );
    expect(imported.code).toBe(0);
    const applied = await ap("apply", "-f", file, "--wait", "10s");
    expect(applied.err).toBe("");
    const made = await ap(
      ...[
        "gateway",
        "rest-api",
        "api-key",
        "create",
        "--id",
        "shop",
        "--key-name",
        "k-1",
        "-o",
        "json",
      ],
    );
    key = JSON.parse(made.out).apiKey.apiKey;
  }, 180_000);
  afterAll(() => t.close());

  const ask = async (
    method: string,
    path: string,
    headers: Record<string, string> = {},
    body?: object,
  ) => {
    const answer = await t.request({
      ...{ method, path: `/shop${path}` },
      headers: Object.entries({
        "x-shop-key": key,
        "x-tenant": "north",
        ...(body && { "content-type": "application/json" }),
        ...headers,
      }),
      ...(body && { body: JSON.stringify(body) }),
    });
    return `${answer.status} ${answer.status === 200 ? JSON.parse(answer.text).path : answer.text}`;
  };

  test("routes as it says, to the upstream's paths", async () => {
    expect(await ask("GET", "/items?tag=a&limit=5")).toBe("200 /shop/items?tag=a&limit=5");
    expect(await ask("GET", "/items/7", { "x-shop-key": "none" })).toBe("200 /shop/items/7");
    expect(await ask("TRACE", "/items/7")).toMatch(/^4/);
  });

  test.each([
    [
      "a number out of its limits, as the operation and not the path says",
      "GET",
      "/items?tag=a&limit=101",
      {},
      undefined,
    ],
    ["what is no number", "GET", "/items?tag=a&limit=x", {}, undefined],
    ["a parameter that is missing", "GET", "/items?limit=5", {}, undefined],
    [
      "a header that is too short, of a file beside it",
      "GET",
      "/items?tag=a",
      { "x-tenant": "n" },
      undefined,
    ],
    ["a body with what nobody knows", "POST", "/items", {}, { name: "a", price: 1, extra: 1 }],
    ["a body below an exclusive limit", "POST", "/items", {}, { name: "a", price: 0 }],
    [
      "a body that is wrong deep in itself",
      "POST",
      "/items",
      {},
      { name: "a", price: 1, parts: [{ name: "b", price: 1, parts: [{ name: "B", price: 1 }] }] },
    ],
    ["no body", "POST", "/items", {}, undefined],
  ])("refuses %s", async (_, method, path, headers, body) => {
    expect(await ask(method, path, headers, body)).toMatch(/^400 /);
  });

  test("takes a body without what only answers have, and null where it may be", async () => {
    const body = { name: "a", price: null, slug: "x", parts: [{ name: "b", price: 2 }] };
    expect(await ask("POST", "/items", {}, body)).toBe("200 /shop/items");
  });

  test("asks for keys, tokens with their scopes, and any of several", async () => {
    expect(await ask("GET", "/items?tag=a", { "x-shop-key": "wrong" })).toMatch(/^401/);
    expect(await ask("PUT", "/tokens")).toMatch(/^401/);
    const token = (scope: string) =>
      new SignJWT({ scope })
        .setProtectedHeader({ alg: "RS256", kid: "k" })
        .setIssuer("https://idp.test")
        .setExpirationTime("1h")
        .sign(privateKey);
    const bearer = async (scope: string) => ({ authorization: `Bearer ${await token(scope)}` });
    expect(await ask("PUT", "/tokens", await bearer("items:write"))).toMatch(/^200/);
    expect(await ask("PUT", "/tokens", await bearer("items:read"))).toMatch(/^401/);
    expect(await ask("DELETE", "/people", { "x-shop-key": "wrong" })).toMatch(/^401/);
    expect(await ask("DELETE", "/people")).toMatch(/^200/);
  });

  test("a description of 100 operations in three files is taken, and told what is not", async () => {
    const large = await writeLarge(join(home.folder, "large"));
    const file = join(home.folder, "commerce.yaml");
    const argv = ["--name", "commerce", "--context", "/commerce"];
    const { code, err } = await ap(
      ...["import", "openapi", large, "-o", file, ...argv],
      ...["--upstream", `http://127.0.0.1:${t.upstream.port}`],
    );
    expect(code).toBe(0);
    const { spec } = parse(await readFile(file, "utf8"));
    expect(spec.operations).toHaveLength(100);
    for (const words of [
      "info.version '2024-11-01' is no version here",
      "GET /accounts: the cookie 'session' is not checked",
      "GET /accounts: query filter: an object in parameters of its own is not checked",
      "GET /accounts: query sort: only whether it is there is checked",
      "GET /accounts/{id}: the path parameter 'id' takes any text: it is not checked",
      "POST /accounts: callbacks are calls of the upstream's",
      "PUT /accounts/{id}: of a body of several types only the type is checked",
    ])
      expect(err).toContain(words);
    expect(err).not.toContain("GET /addresses/{id}: the path parameter");
    expect((await ap("import", "openapi", large)).err).toMatch(
      /its variable 'region' is 'eu'[^]*of 2 servers the first is taken, https:\/\/eu\.commerce\.example\/api\/v2/,
    );

    expect(await ap("apply", "-f", file, "--wait", "10s")).toMatchObject({ code: 0, err: "" });
    const made = await ap(
      ...["gateway", "rest-api", "api-key", "create", "--id", "commerce"],
      ...["--key-name", "k-2", "-o", "json"],
    );
    const { apiKey } = JSON.parse(made.out).apiKey as { apiKey: string };
    const asked = async (method: string, path: string, body?: object) =>
      (
        await t.request({
          ...{ method, path: `/commerce${path}` },
          headers: [
            ["x-commerce-key", apiKey] as const,
            ["content-type", "application/json"] as const,
          ],
          ...(body && { body: JSON.stringify(body) }),
        })
      ).status;
    expect(await asked("GET", "/orders?filter[a]=1&page=2")).toBe(200);
    expect(await asked("GET", "/orders?size=101")).toBe(400);
    expect(await asked("GET", "/vouchers/7")).toBe(200);
    expect(await asked("PUT", "/vouchers/7", { name: "x" })).toBe(401);
    const deep = (amount: unknown) => ({
      name: "a",
      next: { name: "b", next: { name: "c", price: { amount } } },
    });
    expect(await asked("POST", "/vouchers", deep(1))).toBe(200);
    expect(await asked("POST", "/vouchers", deep("1"))).toBe(400);
  });
});

test("what is left out or has to be done is said in remarks", async () => {
  const { out, err } = await ap("import", "openapi", shop);
  for (const words of [
    "TRACE /items/{id}",
    "cookie 'session' is not checked",
    "query deep: an object in parameters of its own is not checked",
    "the pattern ^(?!admin) is left out",
    "jwtauth_v1.keymanagers",
  ])
    expect(err).toContain(words);
  const { metadata, spec } = parse(out);
  expect(metadata.name).toBe("the-shop-1.2.0");
  expect(spec).toMatchObject({
    context: "/shop",
    upstream: { main: { url: "http://127.0.0.1:1/shop" } },
  });
  const bare = parse((await ap("import", "openapi", shop, "--no-validation")).out);
  expect(JSON.stringify(bare)).not.toContain("request-validation");
});

const minimal = {
  openapi: "3.1.0",
  info: { title: "Small", version: "unknown" },
  servers: [{ url: "https://small.test" }],
  paths: { "/a": { get: {} } } as object,
};
const imported = async (description: object, ...argv: string[]) => {
  const file = join(home.folder, "small.yaml");
  await writeFile(file, stringify(description));
  return ap("import", "openapi", file, ...argv);
};

test("3.1: schemas that are true or have several types, and words beside a reference", async () => {
  const { code, out } = await imported({
    ...minimal,
    paths: {
      "/a": {
        post: {
          requestBody: {
            content: {
              "application/json": {
                schema: {
                  $ref: "#/components/schemas/A",
                  minProperties: 1,
                  properties: { any: true, n: { type: ["integer", "null"], exclusiveMinimum: 3 } },
                },
              },
            },
          },
        },
      },
    },
    components: { schemas: { A: { type: "object" } } },
  });
  expect(code).toBe(0);
  expect(parse(out).spec.operations[0].policies[0].params.body).toEqual({
    contentTypes: ["application/json"],
    required: false,
    schema: {
      $ref: "#/$defs/A",
      minProperties: 1,
      properties: { any: true, n: { type: ["integer", "null"], exclusiveMinimum: 3 } },
      $defs: { A: { type: "object" } },
    },
  });
});

describe("refuses, with the exit code that scripts rely on,", () => {
  test.each<[string, object, number, string]>([
    ["another version", { swagger: "2.0" }, 2, "convert it"],
    ["no operation", { ...minimal, paths: {} }, 1, "at least one operation"],
    ["a server without a host", { ...minimal, servers: [{ url: "/v1" }] }, 2, "--upstream"],
    [
      "a reference to nothing",
      { ...minimal, paths: { "/a": { $ref: "#/nowhere" } } },
      1,
      "leads to nothing",
    ],
    [
      "a reference that would be fetched",
      { ...minimal, paths: { "/a": { $ref: "http://x/y" } } },
      1,
      "nothing is fetched",
    ],
    [
      "references in a circle",
      { ...minimal, paths: { "/a": { $ref: "#/paths/~1a" } } },
      1,
      "circle",
    ],
    [
      "security that no policy can ask for",
      {
        ...minimal,
        security: [{ cookie: [] }],
        components: { securitySchemes: { cookie: { type: "apiKey", in: "cookie", name: "s" } } },
      },
      1,
      "--skip-security cookie",
    ],
    [
      "a scheme that is not described",
      { ...minimal, security: [{ lost: [] }] },
      1,
      "'lost' (which is not described)",
    ],
  ])("%s", async (_, description, code, words) => {
    const found = await imported(description);
    expect([found.code, found.err]).toEqual([code, expect.stringContaining(words)]);
    expect(found.out).toBe("");
  });

  test("a file that is not there or not YAML", async () => {
    expect((await ap("import", "openapi", join(home.folder, "nowhere.yaml"))).code).toBe(3);
    await writeFile(join(home.folder, "broken.yaml"), "a: [\n");
    const broken = await ap("import", "openapi", join(home.folder, "broken.yaml"));
    expect(broken.code).toBe(2);
    expect(broken.err).toMatch(/broken\.yaml:\d/);
    expect((await ap("import", "openapi")).code).toBe(2);
  });

  test("a server whose variable has no default, unless another is named", async () => {
    const description = { ...minimal, servers: [{ url: "https://{host}/v1" }] };
    const { code, err } = await imported(description);
    expect([code, err]).toEqual([2, expect.stringContaining("'host' has no default")]);
    expect((await imported(description, "--upstream", "https://x.test")).code).toBe(0);
  });

  test("to open an API: a scheme that is left out leaves the other ways", async () => {
    const securitySchemes = {
      cookie: { type: "apiKey", in: "cookie", name: "s" },
      key: { type: "apiKey", in: "header", name: "x-key" },
    };
    const policiesOf = async (security: object[], ...argv: string[]) => {
      const { code, out, err } = await imported(
        { ...minimal, security, components: { securitySchemes } },
        ...argv,
      );
      expect(code).toBe(0);
      const policies = parse(out).spec.operations[0].policies as { name: string }[] | undefined;
      return { names: policies?.map(({ name }) => name) ?? [], err };
    };
    const either = [{ cookie: [] }, { key: [] }];
    expect((await policiesOf(either, "--skip-security", "cookie")).names).toEqual(["api-key-auth"]);
    const { names, err } = await policiesOf(either);
    expect(names).toEqual(["api-key-auth"]);
    expect(err).toContain("no policy can ask for 'cookie' (apiKey in cookie)");
    const both = [{ cookie: [], key: [] }];
    expect((await policiesOf(both, "--skip-security", "cookie")).names).toEqual(["api-key-auth"]);
  });

  test("but leaves out a scheme when it is told to", async () => {
    const { code, out } = await imported(
      {
        ...minimal,
        security: [{ cookie: [] }],
        components: { securitySchemes: { cookie: { type: "apiKey", in: "cookie", name: "s" } } },
      },
      ...["--skip-security", "cookie"],
    );
    expect(code).toBe(0);
    expect(parse(out).spec.operations).toEqual([{ method: "GET", path: "/a" }]);
  });
});
