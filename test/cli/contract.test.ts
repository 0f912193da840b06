/** What people who come from WSO2's gateway type: every name, flag, short flag, file and variable is taken as it was. */
import { chmod, mkdir, readFile, stat, writeFile } from "node:fs/promises";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { parse, stringify } from "yaml";
import { ap, ownHome } from "./ap.ts";

let home: Awaited<ReturnType<typeof ownHome>>;
let kept: string;
const documents: Record<string, object> = {
  "api.yaml": { kind: "RestApi", metadata: { name: "a" }, spec: {} },
  "key.yaml": {
    kind: "ApiKey",
    metadata: { name: "k-1" },
    spec: { parentRef: { kind: "RestApi", name: "a" }, expiresIn: { unit: "days", duration: 3 } },
  },
};

beforeAll(async () => {
  home = await ownHome();
  kept = join(home.folder, ".wso2ap", "config.yaml");
  await mkdir(join(home.folder, ".wso2ap"));
  for (const [name, document] of Object.entries(documents))
    await writeFile(join(home.folder, name), stringify(document));
});
afterAll(() => home.restore());

/** The file that they have already, with what this command does not know. */
const book = {
  currentPlatform: "eu",
  platforms: {
    eu: {
      gateways: {
        dev: {
          server: "http://127.0.0.1:9",
          adminServer: "http://127.0.0.1:9",
          auth: { type: "basic", username: "admin", password: "password-of-dev" },
        },
        prod: {
          server: "http://127.0.0.1:9",
          auth: { type: "bearer", token: "token-of-prod", apiKey: "" },
        },
      },
      activeGateway: "dev",
      devportals: { main: { server: "https://portal.example" } },
    },
  },
};
beforeEach(() => writeFile(kept, stringify(book), { mode: 0o600 }));

describe("is taken, and gets as far as the gateway:", () => {
  test.each([
    "gateway apply -f api.yaml",
    "gateway apply --file api.yaml --platform eu --gateway prod",
    "gateway health --display-name dev --platform eu",
    "gateway rest-api list",
    "gateway rest-api get --id a",
    "gateway rest-api get --display-name A --version v1.0 --format yaml",
    "gateway rest-api get -n A -v v1.0 --format json",
    "gateway rest-api delete --id a",
    "gateway rest-api api-key create -f key.yaml",
    "gateway rest-api api-key list --id a",
    "gateway rest-api api-key regenerate --id a --key-name k-1",
    "gateway rest-api api-key update --id a --key-name k-1 --name k-2 -f key.yaml",
    "gateway rest-api api-key revoke --id a --key-name k-1",
    "gateway mcp list",
    "gateway mcp get --id m",
    "gateway mcp get --display-name M --version v1.0",
    "gateway mcp delete --id m",
    "gateway mcp generate --server http://127.0.0.1:9/mcp --output out.yaml --header X-A:1",
    "gateway mcp generate -s http://127.0.0.1:9/mcp -o out.yaml",
    "gateway subscription-plan create --plan-name Gold --billing-plan b --stop-on-quota-reach true --throttle-limit-count 5 --throttle-limit-unit Min --expiry-time 2099-01-01T00:00:00Z --status ACTIVE",
    "gateway subscription-plan list",
    "gateway subscription-plan get --id p",
    "gateway subscription-plan update --id p --plan-name Gold --status INACTIVE",
    "gateway subscription-plan delete --id p",
    "gateway subscription create --api-id a --subscription-token t",
    "gateway subscription list --api-id a --application-id x --status ACTIVE",
    "gateway subscription get --id s",
    "gateway subscription update --id s --status REVOKED",
    "gateway subscription delete --id s",
  ])("ap %s", async (line) => {
    const words = line
      .split(" ")
      .map((word) => (word in documents ? join(home.folder, word) : word));
    const { code, err } = await ap(...words);
    expect([code, err]).toEqual([5, expect.stringContaining("AP-UNREACHABLE")]);
  });
});

describe("is taken, and asks no gateway:", () => {
  test.each([
    "version",
    "platform add --display-name us",
    "platform list",
    "platform use --display-name eu",
    "platform current",
    "platform remove --display-name eu",
    "gateway add --display-name x --server http://localhost:9090",
    "gateway add -n x -s http://localhost:9090 --admin-server http://localhost:9092 --platform eu --auth none --no-interactive",
    "gateway add -n x -s http://localhost:9090 --auth basic --username u --password p",
    "gateway add -n x -s http://localhost:9090 --auth bearer --token t",
    "gateway list",
    "gateway list --platform eu",
    "gateway use --display-name prod --platform eu",
    "gateway current --platform eu",
    "gateway remove --display-name prod",
  ])("ap %s", async (line) => {
    expect(await ap(...line.split(" "))).toEqual({ code: 0, err: "", out: expect.any(String) });
  });
});

test("what they have no command for here says what there is in its place", async () => {
  const { code, err } = await ap("gateway", "image", "build", "--name", "x");
  expect(code).toBe(1);
  expect(err).toContain("ap policy publish");
});

describe("the file with the known gateways", () => {
  test("is read as it was, and keeps what this command does not know", async () => {
    expect(JSON.parse((await ap("gateway", "current", "-o", "json")).out)).toMatchObject({
      name: "dev",
      auth: "basic",
    });
    await ap("gateway", "use", "-n", "prod");
    const { platforms } = parse(await readFile(kept, "utf8"));
    expect(platforms.eu.devportals).toEqual(book.platforms.eu.devportals);
    expect(platforms.eu.activeGateway).toBe("prod");
  });

  test("is the owner's alone after every change, also when anybody could read it before", async () => {
    for (const words of [
      ["gateway", "use", "-n", "prod"],
      ["gateway", "add", "-n", "x", "-s", "http://localhost:9090"],
      ["gateway", "remove", "-n", "x"],
      ["platform", "add", "-n", "us"],
    ]) {
      await chmod(kept, 0o644);
      expect((await ap(...words)).code).toBe(0);
      expect((await stat(kept)).mode & 0o777, words.join(" ")).toBe(0o600);
    }
  });

  test("is told of when others can read it, and nothing else changes", async () => {
    await chmod(kept, 0o644);
    const { code, err } = await ap("gateway", "list");
    expect(code).toBe(0);
    expect(err).toContain("can be read by others");
    expect(err).toContain("chmod 600");
  });

  test("never shows its passwords and tokens, whatever is printed", async () => {
    for (const words of [
      ["gateway", "list"],
      ["gateway", "list", "-o", "yaml"],
      ["gateway", "current", "-o", "json"],
      ["status", "--verbose"],
      ["status", "--verbose", "--gateway", "prod", "-o", "json"],
      ["gateway", "use", "-n", "prod"],
    ]) {
      const { out, err } = await ap(...words);
      for (const secret of ["password-of-dev", "token-of-prod"]) {
        expect(out + err).not.toContain(secret);
        expect(out + err).not.toContain(Buffer.from(`admin:${secret}`).toString("base64"));
      }
    }
    expect((await ap("status", "--verbose", "--gateway", "dev")).err).toContain(
      "authorization: Basic ***",
    );
  });
});

test("the variables win over the file", async () => {
  const asked: IncomingHttpHeaders[] = [];
  const server = createServer((request, response) => {
    asked.push(request.headers);
    response.setHeader("content-type", "application/json");
    response.end('{"apis":[]}');
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await ap(
    "gateway",
    "add",
    "-n",
    "x",
    "-s",
    `http://127.0.0.1:${port}`,
    "--auth",
    "basic",
    "--username",
    "u",
    "--password",
    "p",
  );
  const list = () => ap("gateway", "rest-api", "list");
  const basic = (text: string) => `Basic ${Buffer.from(text).toString("base64")}`;
  await list();
  try {
    process.env["WSO2AP_GW_PASSWORD"] = "p2";
    await list();
    process.env["WSO2AP_GW_USERNAME"] = "u2";
    await list();
    process.env["WSO2AP_GW_TOKEN"] = "t";
    await list();
  } finally {
    for (const name of ["PASSWORD", "USERNAME", "TOKEN"]) delete process.env[`WSO2AP_GW_${name}`];
    server.closeAllConnections();
    server.close();
  }
  expect(asked.map(({ authorization }) => authorization)).toEqual([
    ...[basic("u:p"), basic("u:p2"), basic("u2:p2")],
    "Bearer t",
  ]);
});
