import { afterAll, expect, test } from "vitest";
import { envoyRunner } from "./envoy.ts";
import { tinyFilter } from "../controller/tiny-filter.ts";

const runner = envoyRunner();
afterAll(() => runner.close());

test("a module serves a request that the upstream answers", async () => {
  const loaded = await runner.load({
    module: await tinyFilter(),
    upstream: ({ body }) => ({ status: 201, headers: { "x-up": "1" }, body: [body, "!"] }),
  });
  const answer = await loaded.request({ method: "POST", path: "/a?b=c", body: "hey" });
  expect(answer).toMatchObject({ status: 201, text: "hey!" });
  expect(answer.headers).toContainEqual(["x-tiny", "tiny"]);
  expect(answer.upstream).toMatchObject({ method: "POST", path: "/a?b=c" });
  await loaded.close();
});

test("a second setup in the same Envoy sees nothing of the first", async () => {
  const loaded = await runner.load({ module: await tinyFilter("second"), upstream: "refuse" });
  const answer = await loaded.request({ path: "/" });
  expect(answer.status).toBe(503);
  expect(answer.upstream).toBeNull();
  expect(answer.headers).toContainEqual(["x-tiny", "second"]);
  await loaded.close();
});

test("a module that refuses its configuration does not load, and says so in Envoy's words", async () => {
  const loading = runner.load({ module: await tinyFilter(), configuration: "refuse!" });
  await expect(loading).rejects.toThrow(/Unable to create Wasm plugin/);
});
