/** Limits beside other policies in one chain: the same cases in the simulator and in a real Envoy. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { build } from "../../cli/build/index.ts";
import type { Case } from "../../host-sim/cases.ts";
import { play, simulatorRunner } from "../../host-sim/index.ts";
import {
  ask,
  key,
  one,
  pass,
  post,
  stop,
  withHeaders,
} from "../../policies/advanced-ratelimit/cases/steps.ts";
import { envoyRunner } from "../../controller/lab/runner.ts";

const ada = withHeaders({ authorization: "Basic YWRhOnNlY3JldA==" });
const failed = { countWhen: { statuses: [401] } };

const cases: Case[] = [
  {
    name: "limits failed authentications: those that another policy refuses",
    chain: [
      { name: "advanced-ratelimit", version: "v1", params: one(failed) },
      {
        name: "basic-auth",
        version: "v1",
        params: { username: "ada", password: "secret" },
      },
    ],
    steps: [pass(ada), pass(ada), ask("/", { status: 401 }), stop(ada)],
  },
  {
    name: "counts only callers that nobody knows",
    chain: [
      {
        name: "basic-auth",
        version: "v1",
        params: { username: "ada", password: "secret", allowUnauthenticated: true },
      },
      {
        name: "advanced-ratelimit",
        version: "v1",
        params: one({ countWhen: { identity: "anonymous" } }),
      },
    ],
    steps: [pass(), stop(), pass(ada), pass(ada)],
  },
  {
    name: "counts by caller and by what a policy noted",
    chain: [
      {
        name: "basic-auth",
        version: "v1",
        params: { username: "ada", password: "secret", allowUnauthenticated: true },
      },
      {
        name: "advanced-ratelimit",
        version: "v1",
        params: key({ type: "consumer" }, { type: "metadata", key: "auth.success" }),
      },
    ],
    steps: [pass(), pass(ada), stop(ada), stop()],
  },
  {
    name: "a request that an earlier policy refuses takes nothing",
    chain: [
      { name: "basic-auth", version: "v1", params: { username: "ada", password: "secret" } },
      { name: "advanced-ratelimit", version: "v1", params: one() },
    ],
    steps: [ask("/", { status: 401 }), ask("/", { status: 401 }), pass(ada)],
  },
  {
    name: "a request that an earlier policy refuses by its body takes nothing",
    chain: [{ name: "body-refuser" }, { name: "advanced-ratelimit", params: one() }],
    steps: [ask(post("bad"), { status: 400 }), pass(post("good")), stop(post("good"))],
  },
  {
    name: "a request that an earlier policy fails on takes nothing",
    chain: [{ name: "body-refuser" }, { name: "advanced-ratelimit", params: one() }],
    steps: [ask(post("broken"), { status: 500 }), pass(post("good")), stop(post("good"))],
  },
  {
    name: "a request that a later policy refuses was counted",
    chain: [{ name: "advanced-ratelimit", params: one() }, { name: "body-refuser" }],
    steps: [ask(post("bad"), { status: 400 }), stop(post("good"))],
  },
];

const envoy = envoyRunner();
let module: Uint8Array;

beforeAll(async () => {
  const policies = ["advanced-ratelimit", "basic-auth"].map((name) => `policies/${name}`);
  module = (await build([...policies, "test/policies/body-refuser"])).wasm;
});
afterAll(() => envoy.close());

describe.each([simulatorRunner(), envoy])("on $name", (runner) => {
  test.each(cases)("$name", async (one) => {
    const own = { name: "advanced-ratelimit", version: "v1" };
    expect((await play(one, runner, module, own)).lines).toEqual([]);
  });
});
