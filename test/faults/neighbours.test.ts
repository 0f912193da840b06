import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { build } from "../../cli/build/index.ts";
import { eventually } from "../eventually.ts";
import { envoyRunner } from "../runners/envoy.ts";

const envoy = envoyRunner();
let faulty: Uint8Array;
let steps: Uint8Array;

beforeAll(async () => {
  faulty = (await build(["test/faults/faulty"])).wasm;
  steps = (await build(["test/engine/steps"])).wasm;
});

afterAll(() => envoy.close());

/** What the test holds up is not late, however busy the machine is. */
const patient = { timeoutMs: 60_000 };

/** A promise that the test settles. */
function gate(): { open: () => void; opened: Promise<void> } {
  let open = (): void => {};
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { open, opened };
}

const faults = ["loop", "recursion", "allocation", "assertion", "bounds", "division", "keep"];

describe("a fault in the same worker", () => {
  test("leaves an event stream, a waiting request and one that is paused on a call alone", async () => {
    const { open, opened } = gate();
    async function* events(): AsyncGenerator<string> {
      yield "data: 1\n\n";
      await opened;
      yield "data: 2\n\n";
    }
    const gateway = await envoy.load({
      ...patient,
      module: faulty,
      clusters: { slow: async () => (await opened, { status: 204 }) },
      upstream: async ({ path }) => {
        if (path === "/events")
          return { headers: { "content-type": "text/event-stream" }, body: events() };
        if (path === "/waits") await opened;
        return { body: "late" };
      },
    });
    const stream = gateway.request({ path: "/events" });
    const waiting = gateway.request({ path: "/waits" });
    const paused = gateway.request({ path: "/", headers: { "x-fault": "call" } });
    await eventually(() => {
      if (gateway.callouts("slow").length < 1) throw new Error("the call is not out yet");
    });
    for (const fault of faults) {
      const answer = await gateway.request({ path: "/", headers: { "x-fault": fault } });
      expect(answer.status, fault).toBe(500);
    }
    open();
    expect((await stream).text).toBe("data: 1\n\ndata: 2\n\n");
    expect((await waiting).text).toBe("late");
    expect((await paused).text).toBe("answered 204");
    expect(await gateway.admin("/stats?filter=vm_reload")).not.toMatch(/vm_reload_success: [1-9]/);
  });

  test("is in the log with the policy, the source line and the id that the client got", async () => {
    const gateway = await envoy.load({ module: faulty, clusters: { slow: {} } });
    const answer = await gateway.request({ path: "/", headers: { "x-fault": "assertion" } });
    const id = Object.fromEntries(answer.headers)["x-error-id"]!;
    const line = await eventually(() => {
      const found = gateway.logs().find((one) => one.includes(id));
      if (!found) throw new Error("not logged yet");
      return found;
    });
    expect(line).toMatch(
      /policy faulty v1 failed: told to fail at policies\/faulty\/policy\.ts:\d+:\d+/,
    );
  });

  test("is counted under the policy's name", async () => {
    const gateway = await envoy.load({ module: faulty, clusters: { slow: {} } });
    await gateway.request({ path: "/", headers: { "x-fault": "loop" } });
    expect(await gateway.admin("/stats?filter=sluice.faults")).toMatch(
      /sluice\.faults\.faulty: [1-9]/,
    );
  });

  test("after an answer from outside costs that request alone", async () => {
    const gateway = await envoy.load({ module: faulty, clusters: { slow: {} } });
    const failing = await gateway.request({
      path: "/",
      headers: { "x-fault": "call", "x-then": "fail" },
    });
    expect(failing.status).toBe(500);
    const fine = await gateway.request({ path: "/", headers: { "x-fault": "call" } });
    expect(fine.text).toBe("answered 200");
  });
});

describe("what the published SDKs get wrong", () => {
  test("a client that hangs up during a call harms nobody", async () => {
    const { open, opened } = gate();
    const gateway = await envoy.load({
      module: faulty,
      clusters: { slow: async () => (await opened, { status: 200 }) },
    });
    const impatient = Array.from({ length: 5 }, () => {
      const socket = connect(gateway.port, "127.0.0.1");
      socket.write("GET / HTTP/1.1\r\nhost: localhost\r\nx-fault: call\r\n\r\n");
      return socket;
    });
    await eventually(() => {
      if (gateway.callouts("slow").length < 5) throw new Error("not all calls are out yet");
    });
    for (const socket of impatient) socket.destroy();
    const patient = gateway.request({ path: "/", headers: { "x-fault": "call" } });
    open();
    expect((await patient).text).toBe("answered 200");
    expect((await gateway.request({ path: "/" })).status).toBe(200);
  });

  test("a new configuration serves at once while old requests finish under the old one", async () => {
    const { open, opened } = gate();
    const arrived = gate();
    const gateway = await envoy.load({
      ...patient,
      module: steps,
      configuration: { mark: "old" },
      upstream: async ({ path }) => {
        if (path === "/waits") {
          arrived.open();
          await opened;
        }
        return { body: "ok" };
      },
    });
    const old = gateway.request({ path: "/waits" });
    await arrived.opened;
    await gateway.reconfigure({ mark: "new" });
    await eventually(async () => {
      const answer = await gateway.request({ path: "/" });
      expect(answer.status).toBe(200);
      if (Object.fromEntries(answer.headers)["x-way"]?.startsWith("old"))
        throw new Error("still the old one");
    });
    open();
    const finished = await old;
    expect(finished.status).toBe(200);
    expect(finished.headers.filter(([name]) => name === "x-way").join()).toMatch(/old3/);
    for (let i = 0; i < 20; i++) {
      await gateway.reconfigure({ mark: `m${i}` });
      expect((await gateway.request({ path: "/" })).status).toBe(200);
    }
  });

  test("two configurations in one VM stay apart", async () => {
    const one = await envoy.load({ module: steps, vmId: "both", configuration: { mark: "one" } });
    const two = await envoy.load({ module: steps, vmId: "both", configuration: { mark: "two" } });
    for (const [gateway, mark] of [
      [one, "one"],
      [two, "two"],
    ] as const) {
      const answer = await gateway.request({ path: "/" });
      expect(answer.headers.filter(([name]) => name === "x-way").join()).toContain(`${mark}3`);
    }
  });

  test("a thousand requests live at once, and each gets its own answer", async () => {
    const { open, opened } = gate();
    let arrived = 0;
    const gateway = await envoy.load({
      ...patient,
      module: steps,
      upstream: async ({ path }) => {
        if (++arrived === 1_000) open();
        await opened;
        return { body: path };
      },
    });
    const answers = await Promise.all(
      Array.from({ length: 1_000 }, (_, i) => gateway.request({ path: `/p${i}` })),
    );
    answers.forEach((answer, i) => {
      expect(answer.text).toBe(`/p${i}`);
      expect(answer.headers.filter(([name]) => name === "x-way").join()).toContain(`a3:/p${i}`);
    });
  });
});
