import { expect, test } from "vitest";
import { Proof } from "../../../controller/deploy/proof.ts";
import { Deployments } from "../../../controller/deploy/resources/deployments.ts";
import { ResourceCache } from "../../../controller/xds/cache.ts";
import { DeltaStream } from "../../../controller/xds/stream.ts";
import { eventually } from "../../eventually.ts";

const handles = Array.from({ length: 2_000 }, (_, i) => `api-${i}`);

function unproven() {
  const cache = new ResourceCache(null);
  const deployments = new Deployments(cache, []);
  const stream = new DeltaStream(cache, { send: () => {} });
  const asked: string[] = [];
  const served = new Set(handles);
  const proof = new Proof({
    ...{ deployments, streams: () => [stream], place: () => {}, changedAt: () => "" },
    isServed: (handle) => (asked.push(handle), served.has(handle)),
    takeBack: async () => {},
  });
  for (const name of handles) {
    deployments.apply([
      { name, deployed: { compiled: { name, routes: [], resources: [] }, revision: 1 } },
    ]);
    proof.await(name, false);
  }
  return { proof, asked, served };
}

test("after a start with many APIs one answer of an Envoy is not followed by a look at all of them", async () => {
  const { proof, asked } = unproven();
  await proof.review();
  expect(asked.length).toBeLessThanOrEqual(400);
});

test("all of them are proven without another answer, each looked at once", async () => {
  const { proof, asked } = unproven();
  await proof.review();
  await eventually(() => expect(handles.filter((handle) => !proof.lastGood(handle))).toEqual([]));
  expect(asked.length).toBe(handles.length);
});

test("what was changed is looked at before what waits since the start", async () => {
  const { proof, asked } = unproven();
  proof.await("api-1999", true);
  await proof.review();
  expect(asked[0]).toBe("api-1999");
  expect(proof.lastGood("api-1999")).toBeDefined();
});

test("what is not served yet does not keep the others from being looked at", async () => {
  const { proof, served } = unproven();
  for (const handle of handles.slice(0, 1_500)) served.delete(handle);
  await proof.review();
  await eventually(() => expect(proof.lastGood("api-1999")).toBeDefined());
  expect(proof.lastGood("api-0")).toBeUndefined();
});
