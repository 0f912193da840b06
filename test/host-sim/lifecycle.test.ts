import { beforeAll, describe, expect, test } from "vitest";
import { Status } from "../../sdk/abi.ts";
import { simulate, type Setup } from "../../host-sim/index.ts";
import { probeFilter } from "./fixtures/probe.ts";

let module: Uint8Array;
beforeAll(async () => {
  module = await probeFilter();
});

const probe = (configuration: string, setup: Partial<Setup> = {}) =>
  simulate({ module, configuration, ...setup });

const said = ({ logs }: { logs: { message: string }[] }): string[] =>
  logs.map(({ message }) => message.replace(/^PROBE /, ""));

const call = ":method=GET,:path=/c,:authority=x";

describe("workers", () => {
  test("each has a VM of its own, and all share data", async () => {
    const gateway = await probe("rqh sget k\nrqh sset k|v|0\nrqh met 0|c\nrqh inc 4|1", {
      workers: 2,
    });
    const first = await gateway.request({ path: "/", worker: 0 });
    const second = await gateway.request({ path: "/", worker: 1 });
    expect(said(first)).toContain("rqh sget k -> 1");
    expect(said(second)).toContain("rqh sget k -> 0 v cas");
    expect(gateway.metrics()["wasmcustom.c"]).toBe(2);
    // And so has Envoy's main thread.
    expect(gateway.leftovers.vms).toBe(3);
  });
});

describe("time", () => {
  test("ticks come with the clock, and with nothing else", async () => {
    const gateway = await probe("cfg tick 10", { time: "manual" });
    const ticks = (): number => said(gateway).filter((line) => line.startsWith("tick")).length;
    gateway.clock.advance(9);
    expect(ticks()).toBe(0);
    gateway.clock.advance(31);
    // One worker's, and the main thread's.
    expect(ticks()).toBe(8);
    await gateway.close();
    gateway.clock.advance(100);
    expect(ticks()).toBe(8);
  });

  test("a queue tells its owner", async () => {
    const gateway = await probe("cfg qreg jobs\nrqh qput 1|a job\nqueue qget 1");
    await gateway.request({ path: "/" });
    expect(said(gateway)).toContain("queue qget 1 -> 0 a job");
  });

  test("a queue gives first what came first, and then nothing", async () => {
    const gateway = await probe(
      "cfg qreg jobs\nrqh qput 1|one\nrqh qput 1|two\nrqh qget 1\nrqh qget 1\nrqh qget 1",
    );
    await gateway.request({ path: "/" });
    const got = said(gateway).filter((line) => line.startsWith("rqh qget 1 -> "));
    expect(got).toEqual(
      ["0 one", "0 two", String(Status.Empty)].map((end) => `rqh qget 1 -> ${end}`),
    );
  });

  test("a slow upstream runs into the route's timeout, in no time", async () => {
    const gateway = await probe("", { upstream: { delayMs: 60_000 }, routeTimeoutMs: 5_000 });
    const started = gateway.clock.now;
    const answer = await gateway.request({ path: "/" });
    expect(answer).toMatchObject({ status: 504, text: "upstream request timeout" });
    expect(gateway.clock.now - started).toBe(5_000);
  });

  test("requests run at the same time and end in their own", async () => {
    const gateway = await probe("", {
      upstream: ({ path }) => ({ body: path, delayMs: path === "/slow" ? 50 : 5 }),
    });
    const order: string[] = [];
    const ask = async (path: string): Promise<void> => {
      order.push((await gateway.request({ path })).text);
    };
    await Promise.all([ask("/slow"), ask("/fast")]);
    expect(order).toEqual(["/fast", "/slow"]);
  });
});

describe("a client that hangs up", () => {
  test("during a call: the answer comes to a root whose stream is gone", async () => {
    const script = `rqh call up|${call}||500\nrqh ret 1\ncall eff mine\ncall get 6|:status`;
    const gateway = await probe(script, { clusters: { up: { delayMs: 20 } } });
    const answer = await gateway.request({ path: "/", disconnect: { afterMs: 5 } });
    expect(answer).toMatchObject({ status: 0, cut: "the client hung up", upstream: null });
    gateway.clock.advance(100);
    expect(said(gateway)).toEqual(
      expect.arrayContaining(["call eff mine -> 2", "call get 6|:status -> 0 200"]),
    );
    expect(gateway.leftovers).toMatchObject({ streams: 0, callouts: 0, contexts: 0, timers: 0 });
  });

  test("later than the answer: what it had in mind goes with the request", async () => {
    const gateway = await probe("", {
      upstream: ({ path }) => ({ ...(path === "/slow" && { delayMs: 5 }) }),
    });
    for (const path of ["/fast", "/slow"]) {
      const answer = await gateway.request({ path, disconnect: { afterMs: 60_000 } });
      expect(answer).toMatchObject({ status: 200, cut: null });
      expect(gateway.leftovers).toMatchObject({ streams: 0, timers: 0 });
    }
  });

  test("after the first chunk: the upstream sees nothing", async () => {
    const gateway = await probe("");
    const body = ["one", "two"];
    const answer = await gateway.request({
      method: "POST",
      path: "/",
      body,
      disconnect: { afterChunks: 1 },
    });
    expect(answer.upstream).toBeNull();
    expect(said(answer).slice(-3)).toEqual(["log ", "done ", "del "]);
  });
});

describe("a module that changes", () => {
  test("a stream under way ends on the old one, which then goes", async () => {
    const gateway = await probe("rsh rep 2|x-v|old", {
      upstream: { delayMs: 30 },
      time: "manual",
    });
    const under = gateway.request({ path: "/" });
    await gateway.swap({ bytes: module, name: "other" });
    await gateway.reconfigure("rsh rep 2|x-v|new");
    expect(gateway.leftovers.vms).toBe(3);
    const after = gateway.request({ path: "/" });
    gateway.clock.advance(30);
    expect((await under).header("x-v")).toBe("old");
    expect((await after).header("x-v")).toBe("new");
    expect(gateway.leftovers.vms).toBe(2);
  });

  test("an update that the module refuses leaves the old one in place", async () => {
    const gateway = await probe("rsh rep 2|x-v|old");
    await expect(gateway.reconfigure("cfg ret 1")).rejects.toThrow(/refused its configuration/);
    expect((await gateway.request({ path: "/" })).header("x-v")).toBe("old");
  });
});

describe("a VM that dies", () => {
  test("takes every stream of its worker with it, and comes back after its back-off", async () => {
    const gateway = await probe("", {
      workers: 2,
      reload: { baseMs: 1_000 },
      upstream: { delayMs: 20, body: "late" },
    });
    const waiting = gateway.request({ path: "/", worker: 0 });
    const elsewhere = gateway.request({ path: "/", worker: 1 });
    gateway.trapNext("request_headers");
    expect(await gateway.request({ path: "/", worker: 0 })).toMatchObject({
      status: 503,
      details: "wasm_fail_stream",
    });
    expect(await waiting).toMatchObject({ status: 503 });
    expect(await elsewhere).toMatchObject({ status: 200, text: "late" });
    // The first load is long past, so this one is at once; the next has to wait.
    expect(await gateway.request({ path: "/", worker: 0 })).toMatchObject({ status: 200 });
    gateway.trapNext("request_headers");
    await gateway.request({ path: "/", worker: 0 });
    expect(await gateway.request({ path: "/", worker: 0 })).toMatchObject({ status: 503 });
    gateway.clock.advance(2_000);
    expect(await gateway.request({ path: "/", worker: 0 })).toMatchObject({ status: 200 });
    expect(gateway.metrics()["wasm.policies.vm_reload_success"]).toBe(2);
  });

  test("takes its calls and ticks with it, and hears of none of them", async () => {
    const script = `cfg tick 10\nrqh call up|${call}||1000\nrqh ret 1`;
    const gateway = await probe(script, {
      clusters: { up: { delayMs: 40 } },
      failurePolicy: "closed",
      time: "manual",
    });
    const waiting = gateway.open({ path: "/" });
    expect(gateway.leftovers).toMatchObject({ callouts: 1 });
    gateway.trapNext("request_headers");
    await gateway.request({ path: "/" });
    expect(gateway.callouts.map(({ result }) => result)).toEqual(["reset"]);
    // What ticks on is Envoy's main thread.
    expect(gateway.leftovers).toMatchObject({ callouts: 0, timers: 1 });
    // Nothing resumes the request that waited for the call.
    waiting.disconnect();
    expect(await waiting.answer).toMatchObject({ status: 0, cut: "the client hung up" });
    expect(gateway.leftovers).toMatchObject({ streams: 0, callouts: 0, timers: 1 });
  });

  test("lets requests pass, or none, as its policy says", async () => {
    const open = await probe("rqh rep 0|x-seen|1", { failurePolicy: "open" });
    open.trapNext("request_headers");
    expect((await open.request({ path: "/" })).status).toBe(503);
    const passed = await open.request({ path: "/" });
    expect(passed.status).toBe(200);
    expect(passed.upstream!.headers.map(([name]) => name)).not.toContain("x-seen");
    const closed = await probe("", { failurePolicy: "closed" });
    closed.trapNext("request_headers");
    await closed.request({ path: "/" });
    closed.clock.advance(60_000);
    expect((await closed.request({ path: "/" })).status).toBe(503);
  });
});

describe("several modules", () => {
  test("see a request in order and its answer in reverse", async () => {
    const gateway = await simulate({
      modules: [
        { module, name: "outer", configuration: "rqh add 0|x-way|1\nrsh add 2|x-way|1" },
        { module, name: "inner", configuration: "rqh add 0|x-way|2\nrsh add 2|x-way|2" },
      ],
    });
    const answer = await gateway.request({ path: "/" });
    const way = (pairs: [string, string][]) => pairs.filter(([name]) => name === "x-way").flat();
    expect(way(answer.upstream!.headers)).toEqual(["x-way", "1", "x-way", "2"]);
    expect(way(answer.headers)).toEqual(["x-way", "2", "x-way", "1"]);
  });

  test("a reply of the second passes both on its way back", async () => {
    const gateway = await simulate({
      modules: [
        { module, name: "outer", configuration: "rsh rep 2|x-outer|1" },
        { module, name: "inner", configuration: "rqh reply 403|no|denied|" },
      ],
    });
    const answer = await gateway.request({ path: "/" });
    expect(answer).toMatchObject({
      status: 403,
      text: "denied",
      decidedBy: "inner",
      details: "no",
    });
    expect(answer.header("x-outer")).toBe("1");
  });

  test("a route can leave one out", async () => {
    const gateway = await simulate({
      modules: [{ module, name: "probe", configuration: "rsh rep 2|x-seen|1" }],
      routes: [{ match: { path: "/free" }, disable: ["probe"] }, {}],
    });
    expect((await gateway.request({ path: "/free" })).header("x-seen")).toBeNull();
    expect((await gateway.request({ path: "/" })).header("x-seen")).toBe("1");
  });
});

test("a capability list bars hostcalls and callbacks", async () => {
  const gateway = await probe("rqh met 0|c\nrsh rep 2|x-seen|1", {
    capabilities: [
      "proxy_log",
      "proxy_get_buffer_bytes",
      "proxy_on_configure",
      "proxy_on_context_create",
      "proxy_on_request_headers",
    ],
  });
  const answer = await gateway.request({ path: "/" });
  expect(said(answer)).toContain("rqh met 0|c -> 10 0");
  expect(said(answer)).toContain(
    "Attempted call to restricted proxy-wasm capability: proxy_define_metric",
  );
  expect(answer.header("x-seen")).toBeNull();
  expect(said(answer).filter((line) => line.startsWith("rsh"))).toEqual([]);
});
