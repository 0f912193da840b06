/** APIs whose upstream is a gateway: chains of them pass, circles end. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { hopHeader } from "../../../controller/xds/resources/http/loops.ts";
import { restApi, startTestGateway, type TestGateway } from "../fixtures/gateway.ts";

let t: TestGateway;
beforeAll(async () => {
  t = await startTestGateway();
  const own = `http://127.0.0.1:${t.gateway.ports.http}`;
  await deploy("circle", `${own}/circle`);
  await deploy("link-1", `http://127.0.0.1:${t.upstream.port}`);
  for (let i = 2; i <= 6; i++) await deploy(`link-${i}`, `${own}/link-${i - 1}`);
});
afterAll(() => t.close());

async function deploy(name: string, url: string): Promise<void> {
  const document = restApi(name, 1, { upstream: { main: { url } } });
  expect(await t.manage("POST", "/rest-apis?wait=10s", document)).toMatchObject({ status: 201 });
}

const ask = async (path: string, ...loops: string[]) => {
  const headers = loops.map((value): [string, string] => [hopHeader, value]);
  const { status, text } = await t.request({ path, headers });
  return [status, text];
};
const loop = [508, '{"error":"Loop Detected"}'];

test("an API that leads to itself is answered 508 after five passes", async () => {
  const passes = async () => {
    const stats = await t.gateway
      .envoy!.current()!
      .admin("/stats?filter=http.http.downstream_rq_total$");
    return Number(stats.split(":").at(-1));
  };
  const before = await passes();
  expect(await ask("/circle/x")).toEqual(loop);
  expect((await passes()) - before).toBe(6);
});

test("a chain of five passes is none, and of six is one", async () => {
  expect((await ask("/link-5/x"))[0]).toBe(200);
  const seen = t.upstream.seen.at(-1)!.headers.filter(([name]) => name === hopHeader);
  expect(
    seen
      .map(([, value]) => value)
      .join()
      .split(/,\s*/),
  ).toEqual(Array(5).fill("sluice"));
  expect(await ask("/link-6/x")).toEqual(loop);
});

test("passes are counted whatever stands beside them, and those of others are not", async () => {
  const five = "sluice, other;a=b,sluice ;x=y , sluice;q,sluice,sluice";
  expect(await ask("/link-1/x", five)).toEqual(loop);
  expect(await ask("/link-1/x", "sluice,sluice", "sluice, sluice", "sluice")).toEqual(loop);
  const others = "sluices,a-sluice,sluice.example;sluice,b;c=sluice,sluice,sluice,sluice,sluice";
  expect((await ask("/link-1/x", others))[0]).toBe(200);
});

test("with the key at 0 nothing is counted, and nothing is noted", async () => {
  const uncounted = await startTestGateway({ limits: { maxPasses: 0 } });
  await uncounted.manage("POST", "/rest-apis?wait=10s", restApi("a", uncounted.upstream.port));
  const headers = { [hopHeader]: Array(9).fill("sluice").join() };
  expect((await uncounted.request({ path: "/a/x", headers })).status).toBe(200);
  expect((await uncounted.request("/a/x")).status).toBe(200);
  expect(JSON.stringify(uncounted.upstream.seen.at(-1)!.headers)).not.toContain(hopHeader);
  await uncounted.close();
});
