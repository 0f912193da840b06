/** Cases with a feed: the same records reach the module in both hosts. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { build } from "../../cli/build/index.ts";
import { play } from "../../host-sim/cases/play.ts";
import type { Case } from "../../host-sim/cases.ts";
import { sha256Hex } from "../../host-sim/feed/words.ts";
import { envoyRunner } from "../../controller/lab/runner.ts";
import { simulatorRunner } from "../../host-sim/index.ts";

const own = { name: "looker", version: "v1" };
const envoy = envoyRunner();
let looker: Uint8Array;
let headers: Uint8Array;

beforeAll(async () => {
  looker = (await build(["test/engine/looker"])).wasm;
  headers = (await build(["policies/set-headers"])).wasm;
});
afterAll(() => envoy.close());

const key = (raw: string, owner: string, consumer = "") => ({
  table: "key" as const,
  id: ["pets", sha256Hex(raw)],
  fields: ["k", "", "local", "", owner, consumer, "", ""],
});
const ask = (raw: string) => ({ path: "/a", headers: { "x-key": raw } });

const cases: Case[] = [
  {
    name: "a key that is in the feed is found by the first request, and its consumer",
    feed: [
      key("one", "ada", "acme"),
      { table: "consumer", id: ["acme"], fields: ["Acme", "gold", "a,b", "{}"] },
    ],
    request: ask("one"),
    expect: {
      status: 200,
      upstream: { headers: { "x-owner": "ada", "x-groups": "a+b" } },
      callouts: [],
    },
  },
  {
    name: "a step changes the feed, and the next one sees it",
    feed: [key("one", "ada")],
    steps: [
      { request: ask("two"), expect: { status: 401, upstream: null } },
      { feed: [key("two", "bob")] },
      { request: ask("two"), expect: { status: 200, upstream: { headers: { "x-owner": "bob" } } } },
      { feed: [{ table: "key", id: ["pets", sha256Hex("two")] }] },
      { request: ask("two"), expect: { status: 401, upstream: null } },
      { request: ask("one"), expect: { status: 200 } },
    ],
  },
  {
    name: "an empty feed is one too",
    feed: [],
    steps: [
      { request: ask("one"), expect: { status: 401, body: /unknown key/ } },
      { feed: [{ table: "revocation", id: ["jti", "issuer", "one"], fields: ["0"] }] },
      { request: ask("one"), expect: { status: 401, body: /revoked/ } },
    ],
  },
  {
    name: "a long wait does not end the feed",
    feed: [],
    steps: [
      { advanceMs: 1_000 },
      { feed: [key("one", "ada")] },
      { request: ask("one"), expect: { status: 200 } },
    ],
  },
];

describe.each([envoy, simulatorRunner()])("on $name", (runner) => {
  test.each(cases)("$name", async (one) => {
    const outcome = await play(one, runner, looker, own);
    expect(outcome.lines).toEqual([]);
    expect(outcome.result).toBe("passed");
  });

  test("a feed that no policy reads is said to be none", async () => {
    const { lines } = await play({ name: "n", feed: [] }, runner, headers, own);
    expect(lines).toEqual([expect.stringContaining("imports sluice/sdk/feed")]);
  });
});

test("hours pass without a feed's answer: the engine asks again, and the simulator holds it", async () => {
  const one: Case = {
    name: "hours",
    feed: [],
    steps: [
      { advanceMs: 7_200_000 },
      { feed: [key("one", "ada")] },
      { request: ask("one"), expect: { status: 200 } },
    ],
  };
  expect((await play(one, simulatorRunner(), looker, own)).lines).toEqual([]);
});
