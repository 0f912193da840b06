/** Parameters that no schema can refuse: each is refused when it is deployed, in words that name the field. */
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { build } from "../../cli/build/index.ts";
import { tryChain } from "../../controller/deploy/try-chain.ts";

const header = (name: string, value = "1") => ({ headers: [{ name, value }] });

const refused: [policy: string, params: object, words: string][] = [
  ["set-headers v1", { request: header("host") }, "host is changed by the policy host-rewrite"],
  ["set-headers v1", { response: header("connection") }, "response.headers[0]: connection is set"],
  ["remove-headers v1", { request: { headers: [{ name: "Host" }] } }, "host cannot be removed"],
  ["respond v1", { statusCode: 101 }, "statusCode: 101 is no final answer"],
  ["respond v1", header("Content-Length"), "content-length is set by the gateway itself"],
  ["respond v1", header("x-a", "a\r\nset-cookie: b"), "the value of x-a has a line break"],
  ["respond v1", header("x-a", "a\0"), "the value of x-a has a line break or a NUL"],
  ["redirect v0", { statusCode: 305 }, "statusCode: expected 301, 302, 303, 307 or 308, found 305"],
];

let module: Uint8Array;
beforeAll(async () => {
  const names = new Set(refused.map(([policy]) => policy.split(" ")[0]!));
  module = (await build([...names].map((name) => join("policies", name)))).wasm;
});

test.each(refused)("%s refuses %j", async (policy, params, words) => {
  const [name, version] = policy.split(" ") as [string, string];
  const place = { api: { name: "a", version: "v1.0", context: "/a", kind: "RestApi" } };
  const policies = [{ name, version, params: { ...params }, attachedTo: "route" as const }];
  expect(await tryChain(module, { ...place, policies })).toContain(words);
});
