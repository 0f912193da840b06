import { afterAll, beforeAll, expect, test } from "vitest";
import { eventually } from "../../eventually.ts";
import { restApi, startTestGateway, type TestGateway } from "../fixtures/gateway.ts";
import { startPostgres, type TestPostgres } from "../fixtures/postgres.ts";
import { tinyModule } from "../tiny-filter.ts";

let postgres: TestPostgres;
let writer: TestGateway;
let server: TestGateway;
beforeAll(async () => {
  postgres = await startPostgres();
  const store = await postgres.createDatabase();
  writer = await startTestGateway({ store, envoy: "none" });
  server = await startTestGateway({ store });
});
afterAll(async () => {
  await writer.close();
  await server.close();
  await postgres.stop();
});

const served = (path: string) =>
  eventually(async () => {
    const { status } = await server.request(path);
    if (status !== 200) throw new Error(`${path}: ${status}`);
  });

test("what one controller accepts, the Envoy of another serves at once", async () => {
  const api = restApi("a", server.upstream.port, { policies: [{ name: "tiny", version: "v1" }] });
  expect((await writer.manage("POST", "/rest-apis", api)).status).toBe(201);
  await served("/a/x");
  expect((await server.manage("GET", "/rest-apis/a")).body).toMatchObject({
    status: { revision: 1 },
  });
  const bytes = (await tinyModule("other")) as Uint8Array<ArrayBuffer>;
  const modules = `http://127.0.0.1:${writer.gateway.ports.management}/api/management/v1/modules?assign=true`;
  expect((await fetch(modules, { method: "POST", body: bytes })).status).toBe(201);
  await eventually(async () => {
    expect((await server.request("/a/x")).headers).toContainEqual(["x-tiny", "other"]);
  });
  await writer.manage("DELETE", "/rest-apis/a");
  await eventually(async () => expect((await server.request("/a/x")).status).toBe(404));
});

test("two controllers cannot both replace the same revision", async () => {
  const api = restApi("b", server.upstream.port);
  const made = await writer.manage("POST", "/rest-apis", api);
  const stale = { "if-match": made.headers.get("etag")! };
  await eventually(async () =>
    expect((await server.manage("GET", "/rest-apis/b")).status).toBe(200),
  );
  const answers = await Promise.all(
    [writer, server].map((each) => each.manage("PUT", "/rest-apis/b", api, stale)),
  );
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 412]);
});

test("without its database a controller serves and reads on, says 503 to writes, and recovers by itself", async () => {
  await served("/b/x");
  await postgres.crash();
  expect((await server.request("/b/x")).status).toBe(200);
  expect((await server.manage("GET", "/rest-apis/b")).status).toBe(200);
  const refused = await server.manage("POST", "/rest-apis", restApi("c", server.upstream.port));
  expect(refused).toMatchObject({ status: 503, body: { status: "error" } });
  await postgres.restart();
  await eventually(async () => {
    const { status } = await writer.manage(
      "POST",
      "/rest-apis",
      restApi("c", server.upstream.port),
    );
    if (status !== 201) throw new Error(String(status));
  });
  await served("/c/x");
});
