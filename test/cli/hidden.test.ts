/** What a gateway never shows again is compared all the same, told as changed or not, and never printed. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { restApi, startTestGateway, type TestGateway } from "../controller/fixtures/gateway.ts";
import { ap, ownHome } from "./ap.ts";

let home: Awaited<ReturnType<typeof ownHome>>;
let t: TestGateway;
let printed = "";

beforeAll(async () => {
  home = await ownHome();
  t = await startTestGateway({ envoy: "none" });
  await ap("gateway", "add", "-n", "dev", "-s", `http://127.0.0.1:${t.gateway.ports.management}`);
  const plan = { throttleLimitCount: 5, throttleLimitUnit: "Min" };
  await applied({ kind: "SubscriptionPlan", metadata: { name: "Gold" }, spec: plan });
}, 180_000);
afterAll(async () => {
  await t.close();
  await home.restore();
});

const secrets = ["first-password", "other-password", "hmac-secret-0001", "hmac-secret-0002"];
const values = ["first-value", "other-value"];

const typed = async (command: string, document: object, ...argv: string[]) => {
  const path = join(home.folder, "one.yaml");
  await writeFile(path, stringify(document));
  const done = await ap(command, "-f", path, "-o", "json", ...argv);
  printed += done.out + done.err;
  return { code: done.code, said: done.err ? done.err : JSON.parse(done.out) };
};
const applied = async (document: object, ...argv: string[]): Promise<string> =>
  (await typed("apply", document, ...argv)).said[0].action;
const changes = async (document: object): Promise<object[]> =>
  (await typed("diff", document)).said[0]?.changes ?? [];

const ada = (password: string, secret: string, spec: object = {}) => ({
  kind: "Consumer",
  metadata: { name: "ada" },
  spec: {
    plan: "Gold",
    credentials: [
      { type: "basic", username: "ada", password },
      { type: "hmac", keyId: "robot", secret },
    ],
    ...spec,
  },
});
const kept = (value: string, spec: object = {}) => ({
  ...{ kind: "Secret", metadata: { name: "kept" } },
  spec: { displayName: "Kept", value, ...spec },
});
const hidden = (path: string) => [{ path, before: "***", after: "***" }];

describe("a consumer's passwords and secrets", () => {
  test("are unchanged when they are the same, and changed when they are not", async () => {
    const same = ada(secrets[0]!, secrets[2]!);
    expect(await applied(same, "--dry-run")).toBe("created");
    expect((await ap("gateway", "consumer", "get", "--id", "ada")).code).toBe(3);
    expect(await applied(same)).toBe("created");
    expect(await changes(same)).toEqual([]);
    expect(await applied(same)).toBe("unchanged");
    for (const other of [ada(secrets[1]!, secrets[2]!), ada(secrets[0]!, secrets[3]!)]) {
      expect(await changes(other)).toEqual(hidden("spec.credentials"));
      // A dry run writes nothing.
      expect(await applied(other, "--dry-run")).toBe("replaced");
      expect(await changes(same)).toEqual([]);
    }
    expect(await applied(ada(secrets[1]!, secrets[3]!))).toBe("replaced");
    expect(await changes(same)).toEqual(hidden("spec.credentials"));
    expect(await applied(ada(secrets[1]!, secrets[3]!))).toBe("unchanged");
  });

  test("do not hide what else differs", async () => {
    const now = ada(secrets[1]!, secrets[3]!, { groups: ["buyers"] });
    expect(await changes(now)).toEqual([{ path: "spec.groups[0]", after: "buyers" }]);
    const gone = { ...now, spec: { plan: "Gold", credentials: [] } };
    expect((await changes(gone)).length).toBeGreaterThan(0);
  });
});

test("a secret's value is compared, and neither the file's nor the gateway's is printed", async () => {
  expect(await applied(kept(values[0]!), "--dry-run")).toBe("created");
  expect(await applied(kept(values[0]!))).toBe("created");
  expect(await applied(kept(values[0]!))).toBe("unchanged");
  expect(await changes(kept(values[1]!))).toEqual(hidden("spec.value"));
  expect(await applied(kept(values[1]!), "--dry-run")).toBe("replaced");
  expect(await changes(kept(values[0]!))).toEqual([]);
  expect(await changes(kept(values[0]!, { description: "d" }))).toEqual([
    { path: "spec.description", before: "", after: "d" },
  ]);
});

test("what the gateway refuses is told by a comparison too, with file and line", async () => {
  const { code, said } = await typed("diff", ada("short", secrets[2]!));
  expect(code).toBe(1);
  expect(said).toMatch(/one\.yaml:1: Consumer ada: [^]*credentials\[0\]\.password/);
});

test("no value was printed, of new documents and of policies' parameters either", async () => {
  const policies = [{ name: "p", version: "v1", params: { password: secrets[0], plain: "seen" } }];
  const guarded = restApi("guarded", 7, { policies });
  expect((await typed("diff", guarded)).code).toBe(1);
  expect((await typed("diff", ada(secrets[0]!, secrets[2]!))).code).toBe(1);
  for (const value of [...secrets, ...values]) expect(printed).not.toContain(value);
  expect(printed).toContain("seen");
});
