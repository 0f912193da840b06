/**
 * Why each rule of `ap lint` is there, and how its finding is mended: what `ap lint --explain` prints and the page of rules
 * is written from. `mistake` and `mended` are pieces of a RestApi's `spec`; a test holds them against the rule.
 */
export interface Advice {
  why: string;
  mistake: string;
  mended: string;
}

export const advice = {
  AP001: {
    why: "Nothing refers to it: neither an upstream, a share of the traffic, nor a policy. Most often a name was changed in one place only, so requests go elsewhere than was meant.",
    mistake: `upstreamDefinitions:
  - name: orders-v2
    upstreams: [{ url: "https://orders.example.com" }]
upstream: { main: { url: "https://old-orders.example.com" } }`,
    mended: `upstreamDefinitions:
  - name: orders-v2
    upstreams: [{ url: "https://orders.example.com" }]
upstream: { main: { ref: orders-v2 } }`,
  },
  AP002: {
    why: "Anybody who reaches the gateway may call it. Add a policy that asks who the caller is, for the whole API or for the operation. Where an operation is public on purpose, leave it so: this is a warning, which fails only with --strict. OPTIONS is passed over, because browsers ask it without credentials.",
    mistake: `operations:
  - { method: GET, path: /orders }`,
    mended: `operations:
  - method: GET
    path: /orders
    policies:
      - { name: api-key-auth, version: v1, params: { key: x-api-key, in: header } }`,
  },
  AP003: {
    why: "Any site that a user visits may call the API from the user's browser and read the answer. An origin is a regular expression, so one without ^ and $ also fits a site that has it somewhere in its name, such as https://app.example.com.evil.example.",
    mistake: `policies:
  - { name: cors, version: v1, params: { allowedOrigins: ["*"] } }`,
    mended: `policies:
  - name: cors
    version: v1
    params: { allowedOrigins: ["^https://app\\\\.example\\\\.com$"] }`,
  },
  AP004: {
    why: "Whoever reads the file, its history or an export of the gateway has the credential. Keep the value in a Secret, which the gateway encrypts and never gives out again, and name it. A credential that stood in a file is known: make a new one.",
    mistake: `policies:
  - name: basic-auth
    version: v1
    params: { username: ada, password: in-plain-text }`,
    mended: `policies:
  - name: basic-auth
    version: v1
    params: { username: ada, password: '{{ secret "ada-password" }}' }`,
  },
  AP005: {
    why: "Both match the same requests and the first one takes them all: what the second one says has no effect. Names of path parameters make no difference. Remove one, or tell them apart by a header or a query parameter.",
    mistake: `operations:
  - { method: GET, path: "/orders/{id}" }
  - { method: GET, path: "/orders/{number}" }`,
    mended: `operations:
  - { method: GET, path: "/orders/{id}" }
  - { method: GET, path: "/orders/{id}/items" }`,
  },
  AP006: {
    why: "Requests, with the credentials and data in them, cross the network so that anybody on the way can read and change them. Use https; the gateway checks the upstream's certificate. An upstream on the gateway's own machine is passed over.",
    mistake: `upstream: { main: { url: "http://orders.example.com" } }`,
    mended: `upstream: { main: { url: "https://orders.example.com" } }`,
  },
} as const satisfies Record<string, Advice>;

export type RuleId = keyof typeof advice;

/** Where a rule is described, in this package. */
export const pageOf = (id: RuleId): string => `docs/reference/lint.md#${id.toLowerCase()}`;
