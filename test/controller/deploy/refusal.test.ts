import { afterAll, beforeAll, expect, test } from "vitest";
import { eventually } from "../../eventually.ts";
import { restApi, startTestGateway, type TestGateway } from "../fixtures/gateway.ts";
import { stubbornModule, tinyFilter, tinyModule, withManifest } from "../tiny-filter.ts";

let t: TestGateway;
beforeAll(async () => {
  t = await startTestGateway();
});
afterAll(() => t.close());

/** JavaScript takes this expression; RE2, with its limit of 1,000 repetitions, does not. */
const refused = {
  operations: [
    {
      match: {
        method: "GET",
        path: { value: "/x" },
        headers: [{ name: "a", value: "b{2000}", type: "RegularExpression" }],
      },
    },
  ],
};

test("an API that Envoy refuses keeps its last good revision, and others go on changing", async () => {
  const { port } = t.upstream;
  for (const name of ["good", "bad"])
    await t.manage("POST", "/rest-apis?wait=10s", restApi(name, port));
  const put = await t.manage("PUT", "/rest-apis/bad?wait=10s", restApi("bad", port, refused));
  expect(put.status).toBe(202);
  expect(put.body).toMatchObject({
    status: {
      revision: 2,
      problem: { revision: 2, reason: expect.stringMatching(/repetition/i) },
      gateways: [{ state: "refused", revision: 1 }],
    },
  });
  expect((await t.request("/bad/1")).status).toBe(200);

  const other = await t.manage(
    "PUT",
    "/rest-apis/good?wait=10s",
    restApi("good", port, { context: "/better" }),
  );
  expect(other).toMatchObject({
    status: 200,
    body: { status: { gateways: [{ state: "serving", revision: 2 }] } },
  });
  expect((await t.request("/better/1")).status).toBe(200);
  expect((await t.request("/good/1")).status).toBe(404);

  const mended = await t.manage(
    "PUT",
    "/rest-apis/bad?wait=10s",
    restApi("bad", port, { context: "/mended" }),
  );
  expect(mended).toMatchObject({ status: 200, body: { status: { problem: null } } });
  expect((await t.request("/mended/1")).status).toBe(200);
});

test("what Envoy refused is not tried again when everything is built anew", async () => {
  const { port } = t.upstream;
  await t.manage("POST", "/rest-apis?wait=10s", restApi("again", port));
  await t.manage("PUT", "/rest-apis/again?wait=10s", restApi("again", port, refused));
  const lines = t.logs.length;
  await t.gateway.control.recompile();
  await t.manage("POST", "/rest-apis?wait=10s", restApi("after", port));
  expect((await t.manage("GET", "/rest-apis/again")).body).toMatchObject({
    status: { problem: { revision: 2 }, gateways: [{ state: "refused", revision: 1 }] },
  });
  expect((await t.request("/again/1")).status).toBe(200);
  expect(t.logs.slice(lines).filter((line) => line.includes("was refused"))).toEqual([]);
});

test("a first revision that Envoy refuses is not served, and says why", async () => {
  const answer = await t.manage(
    "POST",
    "/rest-apis?wait=10s",
    restApi("never", t.upstream.port, refused),
  );
  expect(answer).toMatchObject({
    status: 202,
    body: { status: { gateways: [{ state: "refused", revision: null }] } },
  });
  expect((await t.request("/never/x")).status).toBe(404);
  const again = restApi("never", t.upstream.port, refused);
  const written = await t.manage("PUT", "/rest-apis/never?wait=10s", again);
  expect(written.body).toMatchObject({ status: { gateways: [{ state: "refused" }] } });
  await t.manage("DELETE", "/rest-apis/never");
});

test("an undeployed API is kept and not served", async () => {
  const api = (deploymentState: string) => restApi("away", t.upstream.port, { deploymentState });
  await t.manage("POST", "/rest-apis?wait=10s", api("deployed"));
  expect((await t.request("/away/1")).status).toBe(200);
  const put = await t.manage("PUT", "/rest-apis/away?wait=10s", api("undeployed"));
  expect(put).toMatchObject({ status: 200, body: { status: { state: "undeployed" } } });
  expect((await t.request("/away/1")).status).toBe(404);
});

test("an API that moved or went is served nowhere any more when the answer comes", async () => {
  const { port } = t.upstream;
  await t.manage("POST", "/rest-apis?wait=10s", restApi("mover", port, { context: "/from" }));
  await t.manage("PUT", "/rest-apis/mover?wait=10s", restApi("mover", port, { context: "/to" }));
  expect((await t.request("/from/x")).status).toBe(404);
  expect((await t.request("/to/x")).status).toBe(200);
  expect((await t.manage("DELETE", "/rest-apis/mover?wait=10s")).status).toBe(200);
  expect((await t.request("/to/x")).status).toBe(404);
});

test("a module is checked, swapped under the same routes, and rolled back", async () => {
  const { port } = t.upstream;
  await t.manage(
    "POST",
    "/rest-apis?wait=10s",
    restApi("m", port, { policies: [{ name: "tiny", version: "v1" }] }),
  );
  const mark = async () =>
    (await t.request("/m/1")).headers.find(([name]) => name === "x-tiny")?.[1];
  const upload = (bytes: Uint8Array) =>
    fetch(
      `http://127.0.0.1:${t.gateway.ports.management}/api/management/v1/modules?assign=true&wait=10s`,
      {
        method: "POST",
        body: bytes as Uint8Array<ArrayBuffer>,
      },
    );
  expect(await mark()).toBe("tiny");
  expect((await upload(await tinyModule("two"))).status).toBe(201);
  expect(await mark()).toBe("two");
  const back = await t.manage("POST", "/modules/rollback?wait=10s");
  expect(back.status).toBe(200);
  expect(await mark()).toBe("tiny");

  const foreign = await upload(new Uint8Array([1, 2, 3, 4, 5, 6, 7, 8]));
  expect(foreign.status).toBe(400);
  const without = await upload(withOther(await tinyFilter()));
  expect(without.status).toBe(400);
  expect(await without.json()).toMatchObject({ errors: [{ field: "m: spec.policies[0].name" }] });
  expect(await mark()).toBe("tiny");
  expect((await t.manage("GET", "/modules")).body).toMatchObject({ count: 3 });
});

test("a module that does not start is refused before it serves, in the simulator's words", async () => {
  const { modules } = t.gateway;
  const before = modules.current!.hash;
  const { hash } = await modules.upload(await stubbornModule());
  await expect(modules.assign(hash)).rejects.toThrow("The module does not start");
  expect(modules.current!.hash).toBe(before);
});

test("a module that Envoy refuses is taken back for the one before, and the list says why", async () => {
  const other = await startTestGateway({ checkChain: async () => null });
  const { modules } = other.gateway;
  const api = restApi("a", other.upstream.port, { policies: [{ name: "tiny", version: "v1" }] });
  await other.manage("POST", "/rest-apis?wait=10s", api);
  const before = modules.current!.hash;
  const { hash } = await modules.upload(await stubbornModule());
  await modules.assign(hash);
  await eventually(() => expect(modules.current!.hash).toBe(before));
  await eventually(() => expect(modules.settled()).toBe("served"));
  expect((await other.request("/a/x")).headers).toContainEqual(["x-tiny", "tiny"]);
  const refused = async () => (await modules.list()).find((one) => one.hash === hash)!.refused;
  expect(await refused()).toContain("Unable to create Wasm plugin");
  // Envoy would acknowledge the very same resource and ignore it, and the module would count as served.
  const nacks = () => other.logs.filter((line) => /refused extension/.test(line)).length;
  const first = nacks();
  await modules.assign(hash);
  await eventually(() => expect(nacks()).toBe(first + 1));
  await eventually(() => expect(modules.current!.hash).toBe(before));
  expect(await refused()).toContain("Unable to create Wasm plugin");
  expect((await other.request("/a/x")).headers).toContainEqual(["x-tiny", "tiny"]);
  await other.close();
});

const withOther = (bytes: Uint8Array) =>
  withManifest(bytes, { policies: [{ name: "other", version: "1.0.0" }] });
