import { afterAll, beforeAll, expect, test } from "vitest";
import { eventually } from "../../eventually.ts";
import { restApi, startTestGateway, type TestGateway } from "../fixtures/gateway.ts";
import { startLoad } from "../fixtures/load.ts";
import { tinyModule } from "../tiny-filter.ts";

let t: TestGateway;
beforeAll(async () => {
  t = await startTestGateway();
});
afterAll(() => t.close());

const changes = 1_000;
const swaps = 20;

test("1,000 changes and 20 module swaps under load fail no request, and none is without its policies", async () => {
  const { control, modules, ports } = t.gateway;
  const kind = (await import("../../../controller/model/index.ts")).resourceKinds[0];
  const api = (round: number) =>
    restApi("storm", t.upstream.port, {
      upstream: { main: { url: `http://127.0.0.1:${t.upstream.port}/${round % 7}` } },
      policies: [{ name: "tiny", version: "v1", params: { level: 1 + (round % 5) } }],
    });
  await t.manage("POST", "/rest-apis?wait=10s", api(0));
  const hashes = await Promise.all(
    ["odd", "even"].map(async (mark) => (await modules.upload(await tinyModule(mark))).hash),
  );
  const load = startLoad({
    port: ports.http!,
    path: "/storm/x",
    perSecond: 1_000,
    accept: (status, headers) =>
      status !== 200 ? `status ${status}` : headers["x-tiny"] ? null : "without its policies",
  });
  for (let round = 1; round <= changes; round++) {
    await control.put(kind, api(round), { replace: "storm", expected: "any" });
    if (round % 10 === 0) {
      const name = `other-${round % 100}`;
      if (control.get(name)) await control.remove(kind, name, "any");
      else await control.put(kind, restApi(name, t.upstream.port), { create: true });
    }
    if (round % (changes / swaps) === 0)
      await modules.assign(hashes[((round * swaps) / changes) % 2]!);
    // Each change is waited for, so that the load meets all of them.
    await eventually(async () => {
      if ((await control.settled("storm")) !== "served" || modules.settled() !== "served")
        throw new Error(`change ${round} is not served`);
    });
  }
  expect((await t.manage("PUT", "/rest-apis/storm?wait=10s", api(changes + 1))).status).toBe(200);
  const report = await load.stop();
  expect(Object.fromEntries(report.failures)).toEqual({});
  expect(report.sent).toBeGreaterThan(2_000);
}, 300_000);
