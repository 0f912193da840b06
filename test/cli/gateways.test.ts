/** What `ap` does to a gateway that runs, with the exit codes that scripts rely on. */
import { mkdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { build } from "../../cli/build/index.ts";
import { scaffold } from "../../cli/build/scaffold.ts";
import { restApi, startTestGateway, type TestGateway } from "../controller/fixtures/gateway.ts";
import { ap, ownHome } from "./ap.ts";

let home: Awaited<ReturnType<typeof ownHome>>;
let t: TestGateway;
let server: string;

beforeAll(async () => {
  home = await ownHome();
  const { wasm } = await build(["policies/set-headers"]);
  t = await startTestGateway({ module: wasm });
  server = `http://127.0.0.1:${t.gateway.ports.management}`;
  const admin = `http://127.0.0.1:${t.gateway.ports.admin}`;
  await ap("gateway", "add", "-n", "dev", "-s", server, "--admin-server", admin);
});
afterAll(async () => {
  await t.close();
  await home.restore();
});

const file = async (name: string, ...documents: object[]): Promise<string> => {
  const path = join(home.folder, name);
  await mkdir(join(path, ".."), { recursive: true });
  await writeFile(path, documents.map((one) => stringify(one)).join("---\n"));
  return path;
};
const api = (name: string, spec: object = {}) => restApi(name, t.upstream.port, spec);

describe("the gateways that are known", () => {
  test("are added, listed, used and removed; the file is the owner's alone", async () => {
    const kept = join(home.folder, ".wso2ap", "config.yaml");
    expect((await stat(kept)).mode & 0o777).toBe(0o600);
    await ap("gateway", "add", "-n", "other", "-s", "http://127.0.0.1:9", "--auth", "basic");
    expect((await ap("gateway", "current")).out).toContain("other");
    expect((await ap("gateway", "use", "-n", "dev")).code).toBe(0);
    const listed = JSON.parse((await ap("gateway", "list", "-o", "json")).out);
    expect(listed).toMatchObject([
      { name: "dev", server, inUse: true },
      { name: "other", auth: "basic", inUse: false },
    ]);
    expect((await ap("gateway", "remove", "-n", "other")).code).toBe(0);
    expect((await ap("gateway", "use", "-n", "other")).code).toBe(3);
    const health = await ap("gateway", "health");
    expect(health.code).toBe(0);
    expect(health.out).toContain("healthy");
  });

  test("wrong use is 2, an unknown gateway 3, one that does not answer 5, each with what to do", async () => {
    expect((await ap("gateway", "add", "-n", "x")).code).toBe(2);
    const wrong = await ap("gateway", "add", "-n", "x", "-s", "localhost");
    expect(wrong.code).toBe(2);
    expect(wrong.err).toContain("--server: expected a URL");
    const unknown = await ap("status", "--gateway", "nobody");
    expect(unknown.code).toBe(3);
    expect(unknown.err).toMatch(/AP-NO-GATEWAY[^]*try: ap gateway add/);
    await ap("gateway", "add", "-n", "gone", "-s", "http://127.0.0.1:9");
    await ap("gateway", "use", "-n", "dev");
    for (const command of [
      ["status"],
      ["export"],
      ["explain", "GET", "/x"],
      ["gateway", "rest-api", "list"],
      ["policy", "list"],
    ]) {
      const { code, err } = await ap(...command, "--gateway", "gone");
      expect(code, command.join(" ")).toBe(5);
      expect(err).toContain("AP-UNREACHABLE");
    }
  });

  test("a password in the environment is used and never printed", async () => {
    process.env["WSO2AP_GW_USERNAME"] = "ada";
    process.env["WSO2AP_GW_PASSWORD"] = "pass-of-ada";
    try {
      const said = await ap("gateway", "current", "-o", "json");
      expect(JSON.parse(said.out)).toMatchObject({ auth: "basic" });
      expect(said.out).not.toContain("pass-of-ada");
    } finally {
      delete process.env["WSO2AP_GW_USERNAME"];
      delete process.env["WSO2AP_GW_PASSWORD"];
    }
  });
});

describe("files", () => {
  test("are applied, found unchanged, differ, and are exported as they can be applied again", async () => {
    const first = await file("apis/a.yaml", api("one"), api("two"));
    const applied = await ap("apply", "-f", join(home.folder, "apis"), "--wait", "10s");
    expect(applied.code).toBe(0);
    expect(applied.out).toMatch(/RestApi +one +created/);
    expect((await t.request("/one/x")).status).toBe(200);
    expect((await ap("apply", "-f", first)).out).toMatch(/RestApi +two +unchanged/);
    expect((await ap("diff", "-f", first)).code).toBe(0);

    await file("apis/a.yaml", api("one", { version: "v2.0" }), api("two"));
    const differs = await ap("diff", "-f", first, "-o", "json");
    expect(differs.code).toBe(1);
    expect(JSON.parse(differs.out)).toEqual([
      {
        kind: "RestApi",
        name: "one",
        changes: [{ path: "spec.version", before: "v1.0", after: "v2.0" }],
      },
    ]);
    const tried = await ap("apply", "-f", first, "--dry-run");
    expect(tried.out).toMatch(/RestApi +one +replaced/);
    expect((await ap("diff", "-f", first)).code).toBe(1);
    expect((await ap("apply", "-f", join(home.folder, "apis", "*.yaml"))).code).toBe(0);

    const exported = join(home.folder, "export.yaml");
    await writeFile(exported, (await ap("export")).out);
    expect(await ap("diff", "-f", exported)).toEqual({ code: 0, err: "", out: expect.any(String) });
    expect((await ap("apply", "-f", exported)).out).not.toContain("replaced");
  });

  test("one that is refused says where, which field, and what is expected", async () => {
    const bad = await file("bad.yaml", api("fine"), api("bad", { context: "no-slash" }));
    const { code, err } = await ap("apply", "-f", bad);
    expect(code).toBe(1);
    expect(err).toMatch(/bad\.yaml:\d+: RestApi bad/);
    expect(err).toContain("spec.context");
  });

  test("with --atomic all are taken or none", async () => {
    await ap("gateway", "rest-api", "delete", "--id", "fine");
    const bad = await file("half.yaml", api("fine"), api("bad", { context: "no-slash" }));
    expect((await ap("apply", "-f", bad, "--atomic")).code).toBe(1);
    expect((await ap("gateway", "rest-api", "get", "--id", "fine")).code).toBe(3);
  });

  test("that are broken, missing, twice or of an unknown kind are refused before anything is sent", async () => {
    await writeFile(join(home.folder, "broken.yaml"), "kind: RestApi\n  metadata: {\n");
    expect((await ap("apply", "-f", join(home.folder, "broken.yaml"))).code).toBe(2);
    expect((await ap("apply", "-f", join(home.folder, "nowhere.yaml"))).code).toBe(3);
    const twice = await file("twice.yaml", api("same"), api("same"));
    expect((await ap("apply", "-f", twice)).err).toContain("is in");
    const odd = await file("odd.yaml", { kind: "Odd", metadata: { name: "x" }, spec: {} });
    const { code, err } = await ap("apply", "-f", odd);
    expect(code).toBe(2);
    expect(err).toContain("expected one of Secret, SubscriptionPlan");
    expect((await ap("apply")).code).toBe(2);
    const mcp = await file("mcp.yaml", { kind: "Mcp", metadata: { name: "x" }, spec: {} });
    const refused = await ap("apply", "-f", mcp);
    expect(refused.code).toBe(1);
    expect(refused.err).toContain("this gateway has no such kind");
  });
});

describe("resources", () => {
  test("are listed, shown by name or display name, and deleted", async () => {
    await ap("apply", "-f", await file("shown.yaml", api("shown")));
    expect((await ap("gateway", "rest-api", "list")).out).toMatch(/shown +shown +v1.0 +\/shown/);
    const got = await ap(
      ...["gateway", "rest-api", "get", "-n", "shown", "--api-version", "v1.0", "--format", "json"],
    );
    expect(JSON.parse(got.out)).toMatchObject({ metadata: { name: "shown" } });
    expect((await ap("gateway", "rest-api", "delete", "--id", "shown")).code).toBe(0);
    expect((await ap("gateway", "rest-api", "delete", "--id", "shown")).code).toBe(3);
    expect((await ap("gateway", "rest-api", "get")).code).toBe(2);
  });

  test("keys are made once, listed masked, replaced and revoked", async () => {
    await ap("apply", "-f", await file("keyed.yaml", api("keyed")));
    const key = ["gateway", "rest-api", "api-key"];
    const made = await ap(...key, "create", "--id", "keyed", "--key-name", "k-1", "-o", "json");
    expect(made.code).toBe(0);
    const raw = JSON.parse(made.out).apiKey.apiKey as string;
    expect(raw).toMatch(/^apip_[0-9a-f]{64}$/);
    const listed = await ap(...key, "list", "--id", "keyed");
    expect(listed.out).toContain("k-1");
    expect(listed.out).not.toContain(raw);
    const again = await ap(...key, "regenerate", "--id", "keyed", "--key-name", "k-1");
    expect(again.code).toBe(0);
    expect((await ap(...key, "revoke", "--id", "keyed", "--key-name", "k-1")).code).toBe(0);
    expect((await ap(...key, "list", "--id", "nobody")).code).toBe(3);
  });
});

test("status says what every gateway serves, and explain which route takes a request", async () => {
  const policies = [
    {
      name: "set-headers",
      version: "v1",
      params: { response: { headers: [{ name: "x-a", value: "1" }] } },
    },
  ];
  const operations = [
    { method: "GET", path: "/{id}", policies },
    { method: "GET", path: "/exact" },
  ];
  await ap(
    "apply",
    "-f",
    await file("told.yaml", api("told", { operations, policies })),
    "--wait",
    "10s",
  );
  const status = await ap("status", "told", "-o", "json");
  expect(status.code).toBe(0);
  expect(JSON.parse(status.out)).toMatchObject([{ api: "told", revision: 1, serves: "1" }]);
  expect((await ap("status", "nobody")).code).toBe(3);

  const { out } = await ap("explain", "GET", "/told/exact", "-o", "json");
  expect(JSON.parse(out)).toMatchObject({
    route: "GET /told/exact",
    policies: [{ name: "set-headers", from: "spec.policies" }],
  });
  const other = JSON.parse((await ap("explain", "get", "/told/7", "-o", "json")).out);
  expect(other.policies.map((one: { from: string }) => one.from)).toEqual([
    "spec.policies",
    "spec.operations[0].policies",
  ]);
  expect((await ap("explain", "POST", "/told/7")).code).toBe(3);
});

test("a policy of one's own is published, served, and taken back", async () => {
  const made = await scaffold("shout", home.folder);
  const published = await ap("policy", "publish", made, "-o", "json");
  expect(published.err).toBe("");
  expect(published.code).toBe(0);
  expect((await ap("policy", "list")).out).toContain("shout");
  await ap(
    "apply",
    "--wait",
    "10s",
    "-f",
    await file(
      "loud.yaml",
      api("loud", { policies: [{ name: "shout", version: "v1", params: {} }] }),
    ),
  );
  expect((await t.request("/loud/x")).status).toBe(401);
  // While an API uses it, it cannot be taken away.
  const held = await ap("policy", "rollback");
  expect(held.code).toBe(1);
  expect(held.err).toContain("loud");
  await ap("gateway", "rest-api", "delete", "--id", "loud");
  expect((await ap("policy", "rollback")).code).toBe(0);
  expect((await ap("policy", "list")).out).not.toContain("shout");
  const history = JSON.parse((await ap("policy", "history", "-o", "json")).out);
  expect(history).toHaveLength(2);
  expect((await ap("policy", "publish", join(home.folder, "nowhere"))).code).toBe(3);
});

test("lint names the rule, the place and the mistake; doctor looks at this machine", async () => {
  const risky = await file(
    "risky.yaml",
    api("risky", {
      upstreamDefinitions: [{ name: "unused", upstreams: [{ url: "http://127.0.0.1:1" }] }],
      policies: [
        { name: "cors", version: "v1", params: { allowedOrigins: ["*"] } },
        { name: "basic-auth", version: "v1", params: { username: "a", password: "plain" } },
      ],
    }),
  );
  const found = await ap("lint", "-f", risky, "-o", "json");
  expect(found.code).toBe(1);
  expect(JSON.parse(found.out).map((one: { rule: string }) => one.rule)).toEqual([
    "AP001",
    "AP003",
    "AP004",
  ]);
  expect((await ap("lint", "--rules")).out).toContain("AP006");
  expect((await ap("lint")).code).toBe(2);
  const { out } = await ap("doctor", "--data", join(home.folder, "data"), "-o", "json");
  expect(JSON.parse(out).map((one: { what: string }) => one.what)).toContain("Envoy");
});

test("an unknown command is told apart from one that is meant", async () => {
  const { code, err } = await ap("aply");
  expect(code).toBe(2);
  expect(err).toMatch(/error AP-USAGE: unknown command 'aply'[^]*apply[^]*try: ap --help/);
});

test("nothing that is printed has an escape byte, and --quiet prints nothing", async () => {
  for (const argv of [["status"], ["gateway", "list"], ["policy", "list"], ["--help"]])
    expect((await ap(...argv)).out).not.toContain("\u001b");
  expect((await ap("status", "--quiet")).out).toBe("");
  expect(await readFile(join(home.folder, ".wso2ap", "config.yaml"), "utf8")).toContain("dev");
});
