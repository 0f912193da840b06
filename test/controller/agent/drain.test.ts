/** A gateway that is told to end, with requests that run and more that come. */
import { request } from "node:http";
import { expect, test } from "vitest";
import { eventually } from "../../eventually.ts";
import { startUpstream } from "../../runners/upstream.ts";
import { startLoad } from "../fixtures/load.ts";
import { restApi, startTestGateway } from "../fixtures/gateway.ts";

test("under requests that go on, each that reached its upstream is answered, and the end comes", async () => {
  const slow = await startUpstream({ delayMs: 50, body: "late" });
  const t = await startTestGateway();
  await t.manage("POST", "/rest-apis?wait=10s", restApi("a", slow.port));
  let answered = 0;
  const load = startLoad({
    ...{ port: t.gateway.ports.http!, path: "/a/x", perSecond: 300 },
    accept: (status) => {
      if (status === 200) answered++;
      return status === 200 ? null : String(status);
    },
  });
  await eventually(() => expect(answered).toBeGreaterThan(50));
  await t.gateway.stop(8_000);
  const { failures } = await load.stop();
  expect(answered).toBe(slow.seen.length);
  expect([...failures.keys()].filter((why) => /^\d|cut/.test(why))).toEqual([]);
  await t.close();
  await slow.close();
});

test("answers say meanwhile that their connection ends, and health checks fail", async () => {
  let release = () => {};
  const released = new Promise<void>((resolve) => (release = resolve));
  const slow = await startUpstream(async () => {
    await released;
    return { body: "late" };
  });
  const t = await startTestGateway();
  await t.manage("POST", "/rest-apis?wait=10s", restApi("a", slow.port));
  const answer = new Promise<string>((resolve, reject) =>
    request({ port: t.gateway.ports.http!, host: "127.0.0.1", path: "/a/x" }, (received) => {
      received.resume();
      resolve(received.headers.connection ?? "stays");
    })
      .on("error", reject)
      .end(),
  );
  await eventually(() => expect(slow.seen.length).toBe(1));
  const envoy = t.gateway.envoy!.current()!;
  const ended = t.gateway.stop(30_000);
  await eventually(async () => expect(await envoy.admin("/ready")).not.toContain("LIVE"));
  release();
  expect(await answer).toBe("close");
  await ended;
  await t.close();
  await slow.close();
});
