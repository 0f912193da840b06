import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { build } from "../../cli/build/index.ts";
import { simulatorRunner, type RunnerAnswer } from "../../host-sim/index.ts";
import { envoyRunner } from "../../controller/lab/runner.ts";

const envoy = envoyRunner();
let module: Uint8Array;

beforeAll(async () => {
  module = (await build(["policies/multi-auth", "test/engine/hasty"])).wasm;
});

afterAll(() => envoy.close());

const hasty = (mark: string, more: object = {}) => ({
  name: "hasty",
  version: "v1",
  params: { mark, ...more },
});
type Alternative = ReturnType<typeof hasty>;
const passes = (mark: string, more: object = {}) => hasty(mark, { passes: true, ...more });
const anyOf = (...all: Alternative[]) => ({
  name: "multi-auth",
  version: "v1",
  params: { anyOf: all },
});

describe.each([simulatorRunner(), envoy])("on $name, a chain with alternatives", (runner) => {
  const run = async (...policies: object[]): Promise<RunnerAnswer> => {
    const loaded = await runner.load({
      module,
      chain: { policies: policies as Alternative[] },
      clusters: { other: { status: 200 } },
    });
    const answer = await loaded.request({ path: "/" });
    await loaded.close();
    return answer;
  };
  const passed = ({ upstream }: RunnerAnswer) =>
    upstream?.headers.filter(([name]) => name === "x-passed").map(([, value]) => value);
  const ends = ({ logs }: RunnerAnswer) =>
    logs.flatMap((line) => /saw the end of (\w+)/.exec(line)?.[1] ?? []);

  test("goes on behind them with the first that is content", async () => {
    const answer = await run(anyOf(hasty("a"), passes("b"), passes("c")), passes("d"));
    expect(passed(answer)).toEqual(["d after nobody"]);
    expect(ends(answer)).toEqual(["b", "d"]);
  });

  test.each(["nothing", "call", "wait", "tell", "lose"])(
    "forgets one that refuses after: %s",
    async (does) => {
      const answer = await run(anyOf(hasty("a", { does }), hasty("b", { does }), passes("c")));
      expect(passed(answer)).toEqual(["c after nobody"]);
    },
  );

  test.each(["nothing", "call", "wait"])(
    "lets one through that is content after: %s",
    async (does) => {
      const answer = await run(anyOf(hasty("a", { does }), passes("b", { does })), passes("c"));
      expect(passed(answer)).toEqual(["c after nobody"]);
    },
  );

  test("gives back who was known before", async () => {
    const known = hasty("early", { does: "tell", passes: true });
    const answer = await run(known, anyOf(hasty("a", { does: "tell" }), passes("b")));
    expect(passed(answer)).toEqual(["b after early"]);
  });

  test("tells who the one is that was content", async () => {
    const answer = await run(anyOf(hasty("a"), passes("b", { does: "tell" })), passes("c"));
    expect(passed(answer)).toEqual(["c after b"]);
  });

  test.each([
    ["the last", [401, 402], "1"],
    ["one that could not tell", [503, 401], "0"],
  ])("answers as %s when all refuse", async (_, statuses, mark) => {
    const all = statuses.map((status, i) => hasty(String(i), { status }));
    const { status, text, upstream } = await run(anyOf(...all), passes("c"));
    expect([status, JSON.parse(text), upstream]).toEqual([
      statuses[Number(mark)],
      expect.objectContaining({ message: mark }),
      null,
    ]);
  });

  test.each([
    ["fails", hasty("a", { does: "fail" }), /it broke/],
    [
      "changed the request and refuses it",
      hasty("a", { does: "write" }),
      /changed headers and then refused/,
    ],
  ])("ends with 500 when one %s, whatever the next would say", async (_, bad, log) => {
    const { status, upstream, logs } = await run(anyOf(bad, passes("b")));
    expect([status, upstream]).toEqual([500, null]);
    expect(logs.join("\n")).toMatch(log);
  });

  test("takes several groups, one behind the other", async () => {
    const answer = await run(
      anyOf(hasty("a"), passes("b", { does: "tell" })),
      anyOf(hasty("c", { does: "tell" }), passes("d", { does: "call" })),
    );
    expect(passed(answer)).toEqual(["d after b"]);
  });
});
