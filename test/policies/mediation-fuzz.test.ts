/** Whatever a client sends, mediation answers with a status of its own and lets nothing slip through. */
import { join } from "node:path";
import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import { build } from "../../cli/build/index.ts";
import { simulate } from "../../host-sim/index.ts";

let module: Uint8Array;
beforeAll(async () => {
  const names = ["json-transform", "request-rewrite", "log-message", "dynamic-endpoint"];
  module = (await build(names.map((name) => join("policies", name)))).wasm;
});

const gateway = (name: string, params: object, api = {}) =>
  simulate({
    module,
    rootId: "sluice.gateway",
    chain: { api, policies: [{ name, version: "v1", params }] },
  });

const secret = "s3cr3t";
/** JSON with a secret in any place, under a key that is dropped. */
const withSecrets = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.jsonValue({ maxDepth: 1 }),
    fc.array(tie("value"), { maxLength: 3 }),
    fc
      .dictionary(fc.string({ maxLength: 5 }), tie("value"), { maxKeys: 3 })
      .map((value) => ({ ...value, secret: [secret, value] })),
  ),
})).value;
/** Some bytes of a text taken out, doubled or replaced. */
const damaged = fc
  .tuple(
    withSecrets,
    fc.array(fc.tuple(fc.nat(), fc.constantFrom("", '"', "{", "\\", ",", "\u0000"))),
  )
  .map(([value, damages]) =>
    damages.reduce((text, [at, put]) => {
      const i = at % (text.length + 1);
      return text.slice(0, i) + put + text.slice(i + 1);
    }, JSON.stringify(value)),
  );

test("what is dropped never reaches the upstream, however the body is broken", async () => {
  const one = await gateway("json-transform", {
    request: { drop: ["$..secret"], mask: [{ path: "$..a" }] },
  });
  const headers = { "content-type": "application/json" };
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(
        withSecrets.map((value) => JSON.stringify(value)),
        damaged,
      ),
      async (body) => {
        const { status, upstream } = await one.request({
          method: "POST",
          path: "/",
          headers,
          body,
        });
        expect([200, 400]).toContain(status);
        const sent = upstream ? new TextDecoder().decode(upstream.body) : "";
        if (!sent) return;
        const keys = JSON.stringify(JSON.parse(sent));
        expect(keys).not.toMatch(/"secret":/);
      },
    ),
    { numRuns: 400 },
  );
  await one.close();
});

test("a template stays the JSON that it is, whatever is filled in", async () => {
  const template = '{"a":"${$.a}","b":["x ${$.a} ${$.b}"],"admin":false}';
  const one = await gateway("json-transform", { request: { template } });
  const headers = { "content-type": "application/json" };
  await fc.assert(
    fc.asyncProperty(fc.jsonValue(), fc.string(), async (a, b) => {
      const body = JSON.stringify({ a, b });
      const { status, upstream } = await one.request({ method: "POST", path: "/", headers, body });
      if (status === 400) return;
      const made = JSON.parse(new TextDecoder().decode(upstream!.body)) as Record<string, unknown>;
      expect(Object.keys(made)).toEqual(["a", "b", "admin"]);
      expect(made["a"]).toEqual((JSON.parse(body) as { a: unknown }).a);
      expect(made["admin"]).toBe(false);
      expect((made["b"] as string[])[0]!.endsWith(` ${b}`)).toBe(true);
    }),
    { numRuns: 300 },
  );
  await one.close();
});

test("no path that is made of another climbs out of the API's context", async () => {
  const replaceRegexMatch = { pattern: "x|%2|a/", substitution: "" };
  const params = { pathRewrite: { type: "ReplaceRegexMatch", replaceRegexMatch } };
  const one = await gateway("request-rewrite", params, { name: "a", context: "/shop" });
  const piece = fc.constantFrom("x", ".", "/", "%2", "e", "f", "a", "%2x", "5", "c", "b", "?", "=");
  await fc.assert(
    fc.asyncProperty(fc.array(piece, { maxLength: 12 }), async (pieces) => {
      const { status, upstream } = await one.request({ path: `/shop/${pieces.join("")}` });
      expect([200, 400]).toContain(status);
      const path = upstream?.path.split("?")[0];
      if (path === undefined) return;
      expect(path).toMatch(/^\/shop(\/|$)/);
      expect(path).not.toMatch(/(^|\/)(\.|%2e){1,2}(\/|$)|%2f|%5c/i);
    }),
    { numRuns: 600 },
  );
  await one.close();
});

test("a log line is one line of JSON, and a choice by the body ends in an upstream", async () => {
  const log = await gateway("log-message", { request: { payload: true, headers: true } });
  const values = [{ value: "a", targetUpstream: "b" }];
  const choice = await gateway("dynamic-endpoint", { content: { jsonPath: "$..to", values } });
  await fc.assert(
    fc.asyncProperty(
      fc.uint8Array({ maxLength: 64 }),
      fc.string({ maxLength: 20 }),
      async (bytes, text) => {
        for (const body of [bytes, new TextEncoder().encode(text)]) {
          const answer = await log.request({ method: "POST", path: "/", body });
          expect(answer.status).toBe(200);
          const [line] = answer.logs.map(({ message }) => message.slice(message.indexOf("{")));
          expect(JSON.parse(line!)).toMatchObject({ "mediation-flow": "REQUEST" });
          expect((await choice.request({ method: "POST", path: "/", body })).status).toBe(200);
        }
      },
    ),
    { numRuns: 200 },
  );
  await log.close();
  await choice.close();
});
