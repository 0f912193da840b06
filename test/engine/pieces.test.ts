/** Policies that see bodies in pieces, beside others that hold the same body or let the request wait. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { build } from "../../cli/build/index.ts";
import { simulate } from "../../host-sim/index.ts";
import { envoyRunner } from "../runners/envoy.ts";

const envoy = envoyRunner();
let module: Uint8Array;

beforeAll(async () => {
  module = (await build(["test/engine/piecer", "test/engine/steps"])).wasm;
});
afterAll(() => envoy.close());

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const piecer = (params: object = {}) => ({ name: "piecer", version: "v1", params });
const holder = (params: object) => ({ name: "steps", version: "v1", params });
const body = "some words ".repeat(2_000);

const chains: [what: string, policies: object[]][] = [
  ["alone", [piecer()]],
  ["behind one that holds the request", [holder({ mark: "a" }), piecer()]],
  ["before one that holds the request", [piecer(), holder({ mark: "a" })]],
  ["when the request waits for a call", [piecer({ waits: true })]],
  ["when it waits and is held", [piecer({ waits: true }), holder({ mark: "a" })]],
];

const hosts = {
  envoy: async (policies: object[]) => {
    const gateway = await envoy.load({
      module,
      chain: { policies },
      upstream: async (request) => ({ status: 200, body: `got ${text(request.body)}` }),
      clusters: { other: { status: 200 } },
    });
    const answer = await gateway.request({ method: "POST", path: "/", body });
    await gateway.close();
    return { sent: text(answer.upstream!.body), got: answer.text };
  },
  simulator: async (policies: object[]) => {
    const gateway = await simulate({
      module,
      chain: { policies } as never,
      upstream: (request) => ({ body: `got ${text(request.body)}` }),
      clusters: { other: { status: 200 } },
    });
    const answer = await gateway.request({ method: "POST", path: "/", body });
    await gateway.close();
    return { sent: text(answer.upstream!.body), got: answer.text };
  },
};

describe.each(["envoy", "simulator"] as const)("in %s", (host) => {
  test.each(chains)("no piece passes a policy unseen: %s", async (_, policies) => {
    const { sent, got } = await hosts[host](policies);
    expect(sent).toBe(body.toUpperCase());
    expect(got).toBe(`got ${body}`.toUpperCase());
  });
});
