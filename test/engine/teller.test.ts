import { generateKeyPairSync } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { build } from "../../cli/build/index.ts";
import { envoyRunner } from "../runners/envoy.ts";

const envoy = envoyRunner();
let module: Uint8Array;

beforeAll(async () => {
  module = (await build(["test/engine/teller"])).wasm;
});

afterAll(() => envoy.close());

describe("what a policy is told", () => {
  test("keeps the headers it asked for as the client sent them", async () => {
    const gateway = await envoy.load({ module });
    const answer = await gateway.request({
      path: "/p?q=1",
      headers: { origin: "https://a.example", "x-other": "1" },
    });
    const headers = Object.fromEntries(answer.headers);
    expect(headers).toMatchObject({
      "x-origin": "https://a.example",
      "x-path": "/p?q=1",
      "x-unasked": "true",
    });
    const without = await gateway.request({ path: "/" });
    expect(Object.fromEntries(without.headers)["x-origin"]).toBe("none");
  });

  test("reads a counter without changing it", async () => {
    const gateway = await envoy.load({ module });
    const counts = [];
    for (const _ of [1, 2, 3]) {
      const answer = await gateway.request({ path: "/" });
      counts.push(Number(Object.fromEntries(answer.headers)["x-count"]));
    }
    expect(counts[1]! - counts[0]!).toBe(1);
    expect(counts[2]! - counts[1]!).toBe(1);
  });

  test.each([
    ["RSA", () => generateKeyPairSync("rsa", { modulusLength: 2048 })],
    ["ECDSA", () => generateKeyPairSync("ec", { namedCurve: "P-256" })],
  ])("signs and verifies with the host's own code: %s", async (_, keys) => {
    const { privateKey, publicKey } = keys();
    const gateway = await envoy.load({
      module,
      configuration: {
        privateKey: privateKey.export({ type: "pkcs8", format: "der" }).toString("base64"),
        publicKey: publicKey.export({ type: "spki", format: "der" }).toString("base64"),
      },
    });
    const answer = await gateway.request({ path: "/" });
    expect(Object.fromEntries(answer.upstream!.headers)["x-signed"]).toBe("true false");
  });
});
