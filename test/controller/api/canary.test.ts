/** The trial of a module over HTTP, without a gateway that could be measured. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestGateway, type TestGateway } from "../fixtures/gateway.ts";
import { tinyModule } from "../tiny-filter.ts";

let t: TestGateway;
beforeAll(async () => {
  t = await startTestGateway({ envoy: "none" });
});
afterAll(() => t.close());

const modules = async (method: string, rest: string, body?: Uint8Array<ArrayBuffer>) => {
  const { management } = t.gateway.ports;
  const answer = await fetch(`http://127.0.0.1:${management}/api/management/v1/modules${rest}`, {
    method,
    ...(body && { body }),
  });
  return { status: answer.status, body: await answer.json() };
};

test("a share that is none, a time that is too long and a module that serves already are refused", async () => {
  const serving = new Uint8Array(await tinyModule());
  for (const query of ["canary=0%", "canary=10", "canary=101%", "canary=10%&for=2h"]) {
    const { status, body } = await modules("POST", `?${query}`, serving);
    expect([status, body.errors[0].field], query).toEqual([
      400,
      query.includes("for") ? "for" : "canary",
    ]);
  }
  const same = await modules("POST", "?canary=10%", serving);
  expect(same.status).toBe(400);
  expect(same.body.message).toContain("serves already");
  expect((await modules("GET", "/canary")).body.canary).toBeNull();
});

test("one trial runs at a time, and is ended on demand or by a module that is to serve", async () => {
  const other = new Uint8Array(await tinyModule("other"));
  const begun = await modules("POST", "?canary=10%", other);
  expect(begun.status).toBe(202);
  expect(begun.body.canary).toMatchObject({ state: "starting", share: 0.1, forMs: 30_000 });
  expect((await modules("POST", "?canary=10%", other)).status).toBe(409);
  expect((await modules("DELETE", "/canary")).body.canary.state).toBe("taken back");
  expect((await modules("DELETE", "/canary")).status).toBe(404);
  await modules("POST", "?canary=10%", other);
  const third = new Uint8Array(await tinyModule("third"));
  expect((await modules("POST", "?assign=true", third)).status).toBe(201);
  const { canary } = (await modules("GET", "/canary")).body;
  expect(canary).toMatchObject({ state: "taken back", reason: expect.stringContaining("another") });
});
