/** What a gateway holds and how long it waits, in both hosts: bodies about the buffer's limit, services that never answer. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { build } from "../../cli/build/index.ts";
import { defaultBufferLimit, type Request } from "../../host-sim/setup.ts";
import { envoyRunner } from "../../controller/lab/runner.ts";
import type { RunnerAnswer, RunnerSetup } from "../../host-sim/cases/runner.ts";
import { simulatorRunner } from "../../host-sim/index.ts";

const envoy = envoyRunner();
let module: Uint8Array;

beforeAll(async () => {
  module = (await build(["test/parity/probes/bodies", "policies/set-headers"])).wasm;
});
afterAll(() => envoy.close());

const sets = {
  ...{ name: "set-headers", version: "v1" },
  params: { response: { headers: [{ name: "x-seen", value: "1" }] } },
};
/** It holds the bodies of requests and of answers until they are whole. */
const holds = { name: "probe-bodies", version: "v1", params: { slot: "s0" } };
const held = { chain: { policies: [sets, holds] } };
const passed = { chain: { policies: [sets] } };
const long = (bytes: number): string => "b".repeat(bytes);
const whole = { status: 200, cut: null };

/** A busy machine may take longer than the first of them for what is not meant to be late. */
async function inTime(ask: (timeoutMs: number) => Promise<RunnerAnswer>): Promise<RunnerAnswer> {
  let answer = await ask(300);
  for (const timeoutMs of [2_000, 10_000]) if (answer.status === 504) answer = await ask(timeoutMs);
  return answer;
}

describe.each([simulatorRunner(), envoy])("in the $name", (runner) => {
  async function answerOf(setup: Omit<RunnerSetup, "module">, request: Omit<Request, "path"> = {}) {
    const loaded = await runner.load({ module, ...setup });
    try {
      const method = request.body === undefined ? "GET" : "POST";
      return await loaded.request({ method, path: "/", ...request });
    } finally {
      await loaded.close();
    }
  }

  test("a request's body is held up to the limit", async () => {
    const answer = await answerOf(held, {
      body: long(defaultBufferLimit),
    });
    expect(answer).toMatchObject(whole);
    expect(answer.upstream!.body).toHaveLength(defaultBufferLimit);
  });

  test("with a byte more it is refused, and the upstream sees nothing", async () => {
    const answer = await answerOf(held, {
      body: long(defaultBufferLimit + 1),
    });
    expect(answer).toMatchObject({ status: 413, upstream: null });
    expect(answer.text).toBe("Payload Too Large");
  });

  test("a body without a length is refused as soon as it is too long", async () => {
    const answer = await answerOf(held, {
      body: [long(defaultBufferLimit), long(1000)],
    });
    expect(answer).toMatchObject({ status: 413, upstream: null });
  });

  test("a body that nobody holds passes however long it is", async () => {
    const answer = await answerOf(passed, {
      body: long(3 * defaultBufferLimit),
    });
    expect(answer).toMatchObject(whole);
    expect(answer.upstream!.body).toHaveLength(3 * defaultBufferLimit);
  });

  test("an answer's body is held up to the limit too, and with a byte more it is a 500", async () => {
    const fits = await answerOf({ ...held, upstream: { body: long(defaultBufferLimit) } });
    expect(fits).toMatchObject(whole);
    expect(fits.body).toHaveLength(defaultBufferLimit);
    expect(fits.headers).toContainEqual(["x-seen", "1"]);
    const over = await answerOf({ ...held, upstream: { body: long(defaultBufferLimit + 1) } });
    expect(over).toMatchObject({ status: 500, text: "Internal Server Error" });
  });

  test("a service that never answers is given up after the route's time", async () => {
    const routes = [{ ...passed, timeoutMs: 300 }];
    const answer = await answerOf({ routes, upstream: "hang" });
    expect(answer).toMatchObject({ status: 504, text: "upstream request timeout", cut: null });
    // The gateway's own answer passes the policies as any other does.
    expect(answer.headers).toContainEqual(["x-seen", "1"]);
    expect(answer.upstream).toMatchObject({ method: "GET", path: "/" });
  });

  test("one that breaks off before it answers is a 503, one that is not there too", async () => {
    for (const upstream of ["reset", "refuse"] as const) {
      const answer = await answerOf({ ...passed, upstream });
      expect(answer.status).toBe(503);
      expect(answer.headers).toContainEqual(["x-seen", "1"]);
    }
  });

  test("an answer that never ends is cut off after the route's time, with what has come", async () => {
    const upstream = { body: ["first", "second"], chunkDelayMs: 60_000 };
    const answer = await inTime((timeoutMs) =>
      answerOf({ routes: [{ ...passed, timeoutMs }], upstream }),
    );
    expect(answer).toMatchObject({ status: 200, text: "first" });
    expect(answer.cut).not.toBeNull();
  });

  test("an answer that is whole is not late, however long a policy keeps it", async () => {
    const asks = { headers: { "x-case": "1", "x-s0": "d~call~slow~/x~30000" } };
    const answer = await inTime((timeoutMs) =>
      answerOf(
        {
          routes: [{ ...held, timeoutMs }],
          upstream: { body: "x" },
          clusters: { slow: { delayMs: 2 * timeoutMs } },
        },
        asks,
      ),
    );
    expect(answer.callouts).toHaveLength(1);
    expect(answer).toMatchObject(whole);
    expect(answer.headers).toContainEqual(["x-seen", "1"]);
  });
});
