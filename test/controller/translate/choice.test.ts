import { expect, test } from "vitest";
import { startUpstream } from "../../runners/upstream.ts";
import { restApi, startTestGateway } from "../fixtures/gateway.ts";
import { choosingFilter, withManifest } from "../tiny-filter.ts";

test("a policy sends a request to a definition of its choice, with that definition's base path; a client cannot", async () => {
  const module = withManifest(await choosingFilter("other"), {
    policies: [{ name: "choose", version: "1.0.0" }],
  });
  const t = await startTestGateway({ module });
  const other = await startUpstream({ body: "other" });
  const api = restApi("a", t.upstream.port, {
    upstreamDefinitions: [
      { name: "other", basePath: "/base", upstreams: [{ url: `http://127.0.0.1:${other.port}` }] },
    ],
    operations: [
      { method: "GET", path: "/chosen/{id}", policies: [{ name: "choose", version: "v1" }] },
      { method: "GET", path: "/plain" },
    ],
  });
  expect((await t.manage("POST", "/rest-apis?wait=10s", api)).status).toBe(201);
  expect((await t.request("/a/chosen/1")).text).toBe("other");
  expect(other.seen[0]).toMatchObject({ path: "/base/chosen/1" });
  expect(other.seen[0]!.headers.map(([name]) => name)).not.toContain("x-target-upstream");
  await t.request({ path: "/a/plain", headers: { "x-target-upstream": "other" } });
  expect(other.seen.length).toBe(1);
  await t.close();
  await other.close();
});
