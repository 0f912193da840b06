/** Somebody leaves a document in the store that Envoy refuses, in a segment that others share; then the gateway starts anew. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { until } from "../../../controller/until.ts";
import { restApi, startTestGateway, type TestGateway } from "../fixtures/gateway.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sluice-shared-"));
});
afterAll(() => rm(folder, { recursive: true }));

const within = (context: string, more: object = {}) => ({ context: `/shared/${context}`, ...more });
/** RE2, with its limit of 1,000 repetitions, does not take these. */
const refused = (repetitions: number) => ({
  operations: [
    {
      match: {
        method: "GET",
        path: { value: "/x" },
        headers: [{ name: "a", value: `b{${repetitions}}`, type: "RegularExpression" }],
      },
    },
  ],
});
const settled = (t: TestGateway, name: string, state: string) =>
  until(async () => {
    const { body } = await t.manage("GET", `/rest-apis/${name}`);
    expect(body).toMatchObject({ status: { gateways: [{ state }] } });
  }, 60_000);

test("after a start the others are served, those before it and those behind it", async () => {
  const store = join(folder, "gateway.db");
  const first = await startTestGateway({ store });
  const { port } = first.upstream;
  const others = ["before-1", "before-2", "behind-1", "behind-2", "behind-3"];
  const write = (name: string, more: object = {}) =>
    first.manage("POST", "/rest-apis?wait=10s", restApi(name, port, within(name, more)));
  for (const name of others.slice(0, 2)) await write(name);
  // Its revision before is refused, too.
  expect((await write("bad", refused(2_000))).status).toBe(202);
  const again = restApi("bad", port, within("bad", refused(3_000)));
  expect((await first.manage("PUT", "/rest-apis/bad?wait=10s", again)).status).toBe(202);
  for (const name of others.slice(2)) await write(name);
  await first.gateway.stop();

  const second = await startTestGateway({ store });
  for (const name of others) {
    await settled(second, name, "serving");
    await until(async () => {
      const { status } = await second.request(`/shared/${name}/1`);
      // The upstream of the first gateway, which still answers.
      expect(status).toBe(200);
    }, 30_000);
  }
  await until(async () => {
    const { body } = await second.manage("GET", "/rest-apis/bad");
    expect(body).toMatchObject({
      status: { problem: { reason: expect.stringMatching(/repetition/) } },
    });
  }, 60_000);
  await second.close();
  await first.close();
}, 160_000);
