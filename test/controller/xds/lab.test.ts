import { afterAll, beforeAll, expect, test } from "vitest";
import { cluster } from "../../../controller/xds/resources/cluster.ts";
import { listener, singleRoutes } from "../../../controller/xds/resources/listener.ts";
import { moduleFilter } from "../../../controller/xds/resources/module.ts";
import { route } from "../../../controller/xds/resources/route.ts";
import { startLab, type EnvoyLab } from "../../../controller/lab/lab.ts";
import { tinyFilter } from "../tiny-filter.ts";

let lab: EnvoyLab;
beforeAll(async () => {
  lab = await startLab();
});
afterAll(() => lab.close());

const routes = (name: string) => ({
  name,
  virtual_hosts: [
    {
      name: "all",
      domains: ["*"],
      routes: [
        route({
          name: "hello",
          match: { prefix: "/" },
          action: { direct_response: { status: 200, body: { inline_string: "hello" } } },
          chain: "{}",
        }),
      ],
    },
  ],
});

test("a module reaches a real Envoy inline and is swapped without a new listener", async () => {
  const options = {
    name: "a",
    host: "127.0.0.1",
    port: 0,
    filters: ["a"],
    routes: singleRoutes("a"),
  };
  await lab.push([
    {
      kind: "extension",
      name: "a",
      body: moduleFilter({ name: "a", rootId: "r", bytes: await tinyFilter("one") }),
    },
    { kind: "listener", name: "a", body: listener(options) },
    { kind: "route", name: "a", body: routes("a") },
    {
      kind: "cluster",
      name: "a",
      body: cluster({ name: "a", endpoints: [{ host: "127.0.0.1", port: 9 }] }),
    },
  ]);
  const port = await lab.port("a");
  const first = await fetch(`http://127.0.0.1:${port}/`);
  expect([first.status, first.headers.get("x-tiny"), await first.text()]).toEqual([
    200,
    "one",
    "hello",
  ]);
  await lab.push([
    {
      kind: "extension",
      name: "a",
      body: moduleFilter({ name: "a", rootId: "r", bytes: await tinyFilter("two") }),
    },
  ]);
  expect((await fetch(`http://127.0.0.1:${port}/`)).headers.get("x-tiny")).toBe("two");
});

test("a module that refuses its configuration is named each time, and the one before it keeps serving", async () => {
  const bytes = await tinyFilter("bad");
  // Envoy acknowledges what is equal to what it refused, and ignores it: a further attempt is another resource.
  for (const attempt of [0, 1]) {
    const options = { name: "a", rootId: "r", bytes, configuration: "refuse!", attempt };
    const bad = { kind: "extension" as const, name: "a", body: moduleFilter(options) };
    await expect(lab.push([bad])).rejects.toThrow(/Unable to create Wasm plugin/);
    const stats = await lab.envoy.admin("/stats?filter=extension_config_discovery.*config_fail$");
    expect(stats.trim()).toMatch(new RegExp(`: ${attempt + 1}$`));
  }
  const port = await lab.port("a");
  expect((await fetch(`http://127.0.0.1:${port}/`)).headers.get("x-tiny")).toBe("two");
});
