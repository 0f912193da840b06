/** Parameters that no schema can refuse: each is refused when it is deployed, in words that name the field. */
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { build } from "../../cli/build/index.ts";
import { chainTrials } from "../../controller/deploy/modules/try-chain.ts";

const tryChain = chainTrials();

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
  ["correlation-id v1", { header: "Connection" }, "header: connection is set by the gateway"],
  [
    "request-rewrite v1",
    { pathRewrite: { type: "ReplaceFullPath" } },
    "pathRewrite: replaceFullPath: is required with this type",
  ],
  ...["x", "/a?b", "/a b", "/a/../b", "/%2e%2E/b", "/a%2Fb", "/%zz", "/a\\b", "/\n"].map(
    (replaceFullPath): [string, object, string] => [
      "request-rewrite v1",
      { pathRewrite: { type: "ReplaceFullPath", replaceFullPath } },
      "pathRewrite: replaceFullPath: ",
    ],
  ),
  [
    "request-rewrite v1",
    {
      pathRewrite: {
        type: "ReplaceRegexMatch",
        replaceRegexMatch: { pattern: "(?=a)", substitution: "" },
      },
    },
    "pathRewrite: replaceRegexMatch: ",
  ],
  [
    "request-rewrite v1",
    { queryRewrite: { rules: [{ action: "ReplaceRegexMatch", name: "a" }] } },
    "queryRewrite.rules[0]: pattern: is required here",
  ],
  [
    "request-rewrite v1",
    { match: { headers: [{ name: "a", type: "Regex", value: "(" }] } },
    "match.headers[0].value: ",
  ],
  [
    "dynamic-endpoint v1",
    { rules: [{ condition: "request.Path", targetUpstream: "a" }] },
    "rules[0].condition: expected a truth value, found string",
  ],
  [
    "dynamic-endpoint v1",
    { content: { jsonPath: "$[", values: [{ value: "a", targetUpstream: "b" }] } },
    "content.jsonPath: ",
  ],
  ["set-headers v1", { request: header("x-sluice-host") }, "x-sluice-host belongs to the gateway"],
  ["json-transform v1", { request: { drop: ["$.a", "$["] } }, "request.drop[1]: "],
  ["json-transform v1", { response: { template: '{"a":' } }, "response.template: "],
  ["json-transform v1", { response: { template: '"${a}"' } }, "response.template: "],
  [
    "interceptor-service v1",
    { endpoint: "http://a" },
    "expected at least one of: request, response",
  ],
  ["interceptor-service v1", { endpoint: "/a", request: {} }, "endpoint: expected an http"],
  [
    "interceptor-service v1",
    { endpoint: "http://a/?b", request: {} },
    "endpoint: expected no query",
  ],
  [
    "interceptor-service v1",
    { endpoint: "https://a", request: {}, tlsSkipVerify: true },
    "tlsSkipVerify: certificates are always verified",
  ],
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
