import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { build } from "../../cli/build/index.ts";
import { envoyRunner, type LoadedEnvoy } from "../runners/envoy.ts";

const envoy = envoyRunner();
let gateway: LoadedEnvoy;

beforeAll(async () => {
  const { wasm } = await build(["test/faults/faulty"]);
  gateway = await envoy.load({ module: wasm, clusters: { slow: {} } });
});

afterAll(() => envoy.close());

describe("a policy that fails", () => {
  test.each([
    "loop",
    "recursion",
    "allocation",
    "assertion",
    "throw",
    "bounds",
    "division",
    "keep",
    "pause",
  ])("costs its own request a 500 with an id: %s", async (fault) => {
    const answer = await gateway.request({ path: "/", headers: { "x-fault": fault } });
    const headers = Object.fromEntries(answer.headers);
    expect(answer.status).toBe(500);
    expect(answer.upstream).toBeNull();
    expect(JSON.parse(answer.text)).toEqual({
      error: "Internal Server Error",
      error_id: headers["x-error-id"],
    });
    const next = await gateway.request({ path: "/" });
    expect(next.status).toBe(200);
  });

  test("takes nothing from a request that waits for a call", async () => {
    const answer = await gateway.request({ path: "/", headers: { "x-fault": "call" } });
    expect(answer.text).toBe("answered 200");
  });
});
