import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { build } from "../../cli/build/index.ts";
import { routesOf } from "../../cli/dev/routes.ts";
import { simulate } from "../../host-sim/index.ts";

test("in `ap dev` too, a rewritten request stays on the operation that the client asked for", async () => {
  const folder = await mkdtemp(join(tmpdir(), "sluice-dev-"));
  const file = join(folder, "api.yaml");
  const policy = (name: string, params: object) => [{ name, version: "v1", params }];
  const document = {
    apiVersion: "gateway.api-platform.wso2.com/v1",
    kind: "RestApi",
    metadata: { name: "shop" },
    spec: {
      displayName: "Shop",
      version: "v1.0",
      context: "/shop",
      upstream: { main: { url: "http://127.0.0.1:1" } },
      operations: [
        {
          method: "GET",
          path: "/open",
          policies: policy("request-rewrite", {
            pathRewrite: { type: "ReplaceFullPath", replaceFullPath: "/guarded" },
            methodRewrite: "POST",
          }),
        },
        { method: "POST", path: "/guarded", policies: policy("respond", { statusCode: 403 }) },
      ],
    },
  };
  await writeFile(file, JSON.stringify(document));
  const routes = await routesOf([file]);
  const { wasm } = await build(
    ["request-rewrite", "respond"].map((name) => join("policies", name)),
  );
  const gateway = await simulate({
    module: wasm,
    rootId: "sluice.gateway",
    routes: routes.map((route) => ({ ...route, upstream: { body: route.name! } })),
  });
  const answer = await gateway.request({ path: "/shop/open" });
  expect([answer.status, answer.text]).toEqual([200, expect.stringContaining("shop/GET /open@")]);
  expect(answer.upstream).toMatchObject({ method: "POST", path: "/shop/guarded" });
  expect((await gateway.request({ method: "POST", path: "/shop/guarded" })).status).toBe(403);
  await gateway.close();
  await rm(folder, { recursive: true });
});
