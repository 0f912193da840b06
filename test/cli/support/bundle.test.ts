/** A bundle has what helps and nothing secret: every secret that went into the gateway is looked for in its bytes. */
import { execFile } from "node:child_process";
import { readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { stringify } from "yaml";
import { build } from "../../../cli/build/index.ts";
import { restApi, startTestGateway, type TestGateway } from "../../controller/fixtures/gateway.ts";
import { ap, ownHome } from "../ap.ts";

let home: Awaited<ReturnType<typeof ownHome>>;
let t: TestGateway;

const secrets = {
  login: "secret-of-the-login",
  basic: "secret-of-basic-auth",
  header: "secret-in-a-header",
  upstream: "secret-in-the-address",
  stored: "secret-that-is-stored",
  signing: "secret-that-signs-tokens-and-is-long-enough",
};

beforeAll(async () => {
  home = await ownHome();
  const { wasm } = await build(
    ["basic-auth", "hmac-auth", "set-headers"].map((one) => `policies/${one}`),
  );
  t = await startTestGateway({
    module: wasm,
    envoy: "none",
    users: [{ username: "ada", password: secrets.login, roles: ["admin"] }],
  });
  await ap(
    ...["gateway", "add", "-n", "dev", "-s", `http://127.0.0.1:${t.gateway.ports.management}`],
    ...["--auth", "basic", "--username", "ada", "--password", secrets.login],
    ...["--admin-server", `http://127.0.0.1:${t.gateway.ports.admin}`],
  );
  const policies = [
    { name: "basic-auth", version: "v1", params: { username: "bob", password: secrets.basic } },
    {
      name: "set-headers",
      version: "v1",
      params: { request: { headers: [{ name: "Authorization", value: secrets.header }] } },
    },
  ];
  const file = join(home.folder, "all.yaml");
  await writeFile(
    file,
    [
      {
        kind: "Secret",
        metadata: { name: "kept" },
        spec: { displayName: "Kept", value: secrets.stored },
      },
      restApi("open-name", t.upstream.port, {
        policies,
        upstream: { main: { url: `http://127.0.0.1:${t.upstream.port}` } },
      }),
    ]
      .map((one) => stringify(one))
      .join("---\n"),
  );
  const applied = await ap("apply", "-f", file);
  expect(applied.err).toBe("");
});
afterAll(async () => {
  await t.close();
  await home.restore();
});

test("an archive that tar reads, the owner's alone, with every part and no secret", async () => {
  const file = join(home.folder, "bundle.tar.gz");
  process.env["WSO2AP_GW_PASSWORD"] = secrets.login;
  const made = await ap("support", "bundle", "--file", file, "-o", "json");
  delete process.env["WSO2AP_GW_PASSWORD"];
  expect(made.err).toBe("");
  expect(JSON.parse(made.out).parts).toEqual(
    [
      "machine",
      "gateway",
      "configuration",
      "health",
      "policies",
      "modules",
      "canary",
      "status",
      "documents",
    ].map((name) => ({ name })),
  );
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  const { stdout } = await promisify(execFile)("tar", ["tzf", file]);
  expect(stdout.trim().split("\n")).toHaveLength(10);
  const text = gunzipSync(await readFile(file)).toString("utf8");
  expect(text).toContain("name: open-name");
  expect(text).toContain('password: "***"');
  expect(text).toContain("WSO2AP_GW_PASSWORD");
  for (const secret of Object.values(secrets)) {
    expect(text).not.toContain(secret);
    expect(text).not.toContain(Buffer.from(secret).toString("base64").slice(0, -4));
    expect(made.out).not.toContain(secret);
  }
});

test("a gateway that does not answer is told of, and the rest is there", async () => {
  const known = join(home.folder, ".wso2ap", "config.yaml");
  await ap("gateway", "add", "-n", "gone", "-s", "http://127.0.0.1:9");
  const book = await readFile(known, "utf8");
  await writeFile(known, book.replace("127.0.0.1:9\n", "user:pass-in-address@127.0.0.1:9\n"));
  const file = join(home.folder, "gone.tar.gz");
  const { code, out } = await ap("support", "bundle", "--gateway", "gone", "--file", file);
  expect(code).toBe(0);
  expect(out).toMatch(/status +.*does not answer/);
  const text = gunzipSync(await readFile(file)).toString("utf8");
  expect(text).toContain("not to be had");
  expect(text).not.toContain("pass-in-address");
});

test("wrong use, an unknown gateway and a file that cannot be written have their exit codes", async () => {
  expect((await ap("support", "bundle", "extra")).code).toBe(2);
  expect((await ap("support", "bundle", "--gateway", "nobody")).code).toBe(3);
  const nowhere = await ap("support", "bundle", "--file", join(home.folder, "no", "where.tar.gz"));
  expect(nowhere.code).toBe(1);
  expect(nowhere.err).toContain("AP-SYSTEM");
});
