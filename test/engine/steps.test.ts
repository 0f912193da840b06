import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { build } from "../../cli/build/index.ts";
import { envoyRunner } from "../runners/envoy.ts";

const envoy = envoyRunner();
let module: Uint8Array;

beforeAll(async () => {
  module = (await build(["test/engine/steps"])).wasm;
});

afterAll(() => envoy.close());

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

type Params = Record<string, string>;

const load = (...policies: Params[]) =>
  envoy.load({
    module,
    rootId: "sluice.gateway",
    chain: { policies: policies.map((params) => ({ name: "steps", version: "v1", params })) },
    upstream: async (request) => ({
      status: 200,
      headers: { "x-from": "upstream" },
      body: `got ${text(request.body)}`,
    }),
    clusters: { other: { status: 207, body: "other" } },
  });

const way = (headers: [string, string][]): string[] =>
  headers
    .filter(([name]) => name === "x-way")
    .flatMap(([, value]) => value.split(",").map((one) => one.trim()));

describe("a chain", () => {
  test("runs headers before bodies, requests forward, responses backward", async () => {
    const gateway = await load({ mark: "a" }, { mark: "b" });
    const answer = await gateway.request({ method: "POST", path: "/p", body: "hello" });
    expect(answer.status).toBe(200);
    expect(way(answer.upstream!.headers)).toEqual(["a1", "b1", "a2:5", "b2:5"]);
    expect(way(answer.headers)).toEqual(["b3:/p", "a3:/p", "b4:9", "a4:9"]);
    expect(answer.text).toBe("got hello");
  });

  test("sees an absent body as an empty one", async () => {
    const gateway = await load({ mark: "a" });
    const answer = await gateway.request({ path: "/p" });
    expect(way(answer.upstream!.headers)).toEqual(["a1", "a2:0"]);
  });

  test("replaces bodies and keeps their length true", async () => {
    const gateway = await load(
      { requestBody: "upper", responseBody: "upper" },
      { mark: "b", requestBody: "append" },
    );
    const answer = await gateway.request({ method: "POST", path: "/p", body: "hello" });
    expect(text(answer.upstream!.body)).toBe("HELLO+b");
    expect(answer.text).toBe("GOT HELLO+B");
  });

  test.each([
    ["headers", { requestHeaders: "deny" }],
    ["body", { requestBody: "deny" }],
    ["lost verdict", { requestHeaders: "forget" }],
  ])("stops where a policy denies, and nothing runs on the way out: %s", async (_, params) => {
    const gateway = await load(params, { mark: "b" });
    const answer = await gateway.request({ method: "POST", path: "/p", body: "hello" });
    expect(answer.status).toBe(403);
    expect(answer.upstream).toBeNull();
    expect(way(answer.headers)).toEqual([]);
    expect(JSON.parse(answer.text)).toMatchObject({ error: "Forbidden" });
  });

  test("answers by itself with headers and a body", async () => {
    const gateway = await load({ requestHeaders: "respond" });
    const answer = await gateway.request({ path: "/p" });
    expect(answer.status).toBe(201);
    expect(Object.fromEntries(answer.headers)["x-own"]).toBe("1");
    expect(answer.text).toBe("made here");
  });

  test("waits for a call on the way in, then goes on with the rest", async () => {
    const gateway = await load({ requestHeaders: "call" }, { mark: "b" });
    const answer = await gateway.request({ method: "POST", path: "/p", body: "hello" });
    expect(answer.status).toBe(200);
    expect(way(answer.upstream!.headers)).toEqual(["a1", "a!207:other", "b1", "a2:5", "b2:5"]);
    expect(answer.text).toBe("got hello");
  });

  test("waits for a call without a body to come", async () => {
    const gateway = await load({ requestHeaders: "call" });
    const answer = await gateway.request({ path: "/p" });
    expect(way(answer.upstream!.headers)).toEqual(["a1", "a!207:other", "a2:0"]);
  });

  test("waits for a call once the body is here", async () => {
    const gateway = await load({ requestBody: "call" }, { mark: "b" });
    const answer = await gateway.request({ method: "POST", path: "/p", body: "hello" });
    expect(way(answer.upstream!.headers)).toEqual(["a1", "b1", "a2:5", "a!207:other", "b2:5"]);
    expect(answer.text).toBe("got hello");
  });

  test("waits for both of two calls", async () => {
    const gateway = await load({ requestHeaders: "call-twice" });
    const answer = await gateway.request({ path: "/p" });
    expect(way(answer.upstream!.headers)).toEqual(["a1", "a!207:other", "207:other", "a2:0"]);
  });

  test("answers a call to an unknown cluster as failed", async () => {
    const gateway = await load({ requestHeaders: "call-unknown" });
    const answer = await gateway.request({ path: "/p" });
    expect(answer.status).toBe(503);
    expect(answer.upstream).toBeNull();
  });

  test("waits for a call on the way out", async () => {
    const gateway = await load({ responseHeaders: "call" }, { mark: "b" });
    const answer = await gateway.request({ path: "/p" });
    expect(answer.status).toBe(200);
    expect(way(answer.headers)).toEqual(["b3:/p", "a3:/p", "a!207", "b4:4", "a4:4"]);
    expect(answer.text).toBe("got ");
  });

  test.each([
    ["headers", { responseHeaders: "deny" }],
    ["body", { responseBody: "deny" }],
  ])("replaces the upstream's answer in its %s", async (_, params) => {
    const gateway = await load(params);
    const answer = await gateway.request({ path: "/p" });
    expect(answer.status).toBe(502);
    expect(answer.text).toContain("not this");
    expect(answer.text).not.toContain("got");
  });

  test("refuses a body that is too large with 413", async () => {
    const gateway = await load({});
    const answer = await gateway.request({
      method: "POST",
      path: "/p",
      body: "x".repeat(11 << 20),
    });
    expect(answer.status).toBe(413);
    expect(answer.upstream).toBeNull();
  });
});

describe("a large body while a call is out", () => {
  const body = "x".repeat(200_000);

  test("ends in Envoy's 413 at once where a policy holds the body, not when the call is answered", async () => {
    const gateway = await envoy.load({
      module,
      rootId: "sluice.gateway",
      chain: { policies: [{ name: "steps", version: "v1", params: { requestHeaders: "call" } }] },
      clusters: { other: "hang" },
    });
    const answer = await gateway.request({ method: "POST", path: "/p", body });
    expect(answer.status).toBe(413);
    expect(answer.upstream).toBeNull();
  });
});
