import type { Case } from "sluice/cases";

/** Behind the filter, a policy that shows what it was told. */
const told = (params: object, condition: string, policy: object): Case["chain"] => [
  { name: "set-headers", version: "v1", params: policy, executionCondition: condition },
  { name: "analytics-header-filter", version: "v1", params },
  { name: "set-headers", version: "v1", params: policy, executionCondition: condition },
];
const headers = [{ name: "x-told", value: "yes" }];

export const cases: Case[] = [
  {
    name: "tells what records headers which of the request's it may hold",
    example: true,
    chain: told(
      { request: { mode: "deny", headers: ["Authorization", "cookie"] } },
      "'analytics.request.headers' in request.Metadata && request.Metadata['analytics.request.headers'] == 'deny:authorization,cookie'",
      { request: { headers } },
    ),
    request: { path: "/", headers: { authorization: "Bearer x", cookie: "a=b" } },
    expect: {
      status: 200,
      upstream: { headers: { "x-told": "yes", authorization: "Bearer x", cookie: "a=b" } },
    },
  },
  {
    name: "tells it which of the response's it may hold",
    chain: told(
      { response: { mode: "allow", headers: ["Content-Type"] } },
      "processing.phase == 'response_headers' && 'analytics.response.headers' in response.Metadata && response.Metadata['analytics.response.headers'] == 'allow:content-type'",
      { response: { headers } },
    ),
    request: { path: "/" },
    upstream: { headers: { "x-secret": "kept for the client" } },
    expect: { status: 200, headers: { "x-told": "yes", "x-secret": "kept for the client" } },
  },
  {
    name: "allows none where the list is empty",
    chain: told(
      { request: { mode: "allow", headers: [] } },
      "'analytics.request.headers' in request.Metadata && request.Metadata['analytics.request.headers'] == 'allow:'",
      { request: { headers } },
    ),
    request: { path: "/" },
    expect: { status: 200, upstream: { headers: { "x-told": "yes" } } },
  },
  {
    name: "denies some of the response's",
    chain: told(
      { response: { mode: "deny", headers: ["X-Secret"] } },
      "processing.phase == 'response_headers' && 'analytics.response.headers' in response.Metadata && response.Metadata['analytics.response.headers'] == 'deny:x-secret'",
      { response: { headers } },
    ),
    request: { path: "/" },
    expect: { status: 200, headers: { "x-told": "yes" } },
  },
];
