import { afterEach, expect, test } from "vitest";
import {
  asCase,
  describeWay,
  proxyTo,
  serve,
  type DevGateway,
  type RequestWay,
} from "../../host-sim/index.ts";
import { eventually } from "../eventually.ts";
import { tinyFilter } from "../controller/tiny-filter.ts";
import { send } from "../runners/client.ts";
import { startUpstream } from "../runners/upstream.ts";

const open: { close(): Promise<unknown> }[] = [];
const closed = <T extends { close(): Promise<unknown> }>(one: T): T => (open.push(one), one);

afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
});

async function gateway(ways: RequestWay[] = []): Promise<DevGateway> {
  const upstream = closed(await startUpstream(({ body }) => ({ status: 201, body: [body, "!"] })));
  return closed(
    await serve({
      module: await tinyFilter(),
      upstream: proxyTo(`http://127.0.0.1:${upstream.port}`),
      onRequest: (way) => ways.push(way),
    }),
  );
}

test("a real client reaches a real upstream through the module", async () => {
  const { port } = await gateway();
  const answer = await send(port, { method: "POST", path: "/a?b=c", body: ["he", "y"] });
  expect(answer.status).toBe(201);
  expect(Buffer.from(answer.body).toString()).toBe("hey!");
  expect(answer.headers).toContainEqual(["x-tiny", "tiny"]);
});

test("a request's way is told in lines and as a case", async () => {
  const ways: RequestWay[] = [];
  const { port } = await gateway(ways);
  await send(port, { path: "/pets", headers: { "x-key": "k" } });
  const way = await eventually(() => {
    if (!ways[0]) throw new Error("no request was told");
    return ways[0];
  });
  const lines = describeWay(way).join("\n");
  expect(lines).toMatch(/^GET \/pets → 201/);
  expect(lines).toContain("response headers: set x-tiny: tiny");
  const [row] = eval(`[${asCase(way)}]`) as [{ request: object; expect: object }];
  expect(row.request).toEqual({ method: "GET", path: "/pets", headers: { "x-key": "k" } });
  expect(row.expect).toMatchObject({ status: 201, headers: { "x-tiny": "tiny" } });
});

test("a module is swapped under traffic and no request fails", async () => {
  const { port, swap } = await gateway();
  const second = await tinyFilter("second");
  const statuses: number[] = [];
  let last = "";
  let going = true;
  const client = async (): Promise<void> => {
    while (going) {
      const answer = await send(port, { path: "/" });
      statuses.push(answer.status);
      last = answer.headers.find(([name]) => name === "x-tiny")?.[1] ?? "";
    }
  };
  const clients = [client(), client()];
  await swap(second);
  await eventually(() => {
    if (last !== "second") throw new Error("still the first module");
  });
  going = false;
  await Promise.all(clients);
  expect(statuses.length).toBeGreaterThan(0);
  expect(new Set(statuses)).toEqual(new Set([201]));
});

test("a client that hangs up leaves nothing behind", async () => {
  const hanging = closed(await serve({ module: await tinyFilter(), upstream: "hang" }));
  const controller = new AbortController();
  const gone = fetch(`http://127.0.0.1:${hanging.port}/`, { signal: controller.signal });
  await eventually(() => {
    if (hanging.gateway.leftovers.streams !== 1) throw new Error("the request has not come in");
  });
  controller.abort();
  await expect(gone).rejects.toThrow();
  await eventually(() => expect(hanging.gateway.leftovers.streams).toBe(0));
});
