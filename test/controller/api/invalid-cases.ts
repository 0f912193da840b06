/** Parts of a RestApi that are wrong, each with the field that the refusal names. */
import { makeCertificate } from "../../../controller/tls/certificate.ts";

const operation = (part: object) => ({ operations: [{ method: "GET", path: "/*", ...part }] });
const definitionOf = (part: object) => ({ name: "d", upstreams: [{ url: "http://h:1" }], ...part });
const definition = (part: object) => ({ upstreamDefinitions: [definitionOf(part)] });
const sandbox = (part: object) => ({ upstream: { main: { url: "http://h" }, sandbox: part } });
const target = (part: object) => definition({ upstreams: [{ url: "http://h:1", ...part }] });
const settings = (part: object) => definition({ settings: part });
const setting = (name: string) => `spec.upstreamDefinitions[0].settings.${name}`;
const identity = makeCertificate({ commonName: "a", names: ["a"] });
const stranger = makeCertificate({ commonName: "b", names: ["b"] });
const noPem = "-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n";
const policy = (part: object) => ({ policies: [{ name: "tiny", version: "v1", ...part }] });
const match = (part: object) => ({
  operations: [{ match: { method: "GET", path: { value: "/x" }, ...part } }],
});

export const invalidSpecs: readonly (readonly [field: string, spec: object])[] = [
  ["spec.displayName", { displayName: undefined }],
  ["spec.displayName", { displayName: "a/b" }],
  ["spec.displayName", { displayName: "x".repeat(101) }],
  ["spec.version", { version: "one" }],
  ["spec.context", { context: undefined }],
  ["spec.context", { context: "pets" }],
  ["spec.context", { context: "/pets/" }],
  ["spec.context", { context: `/${"x".repeat(200)}` }],
  ["spec.context", { context: "/a/../b" }],
  ["spec.context", { context: 7 }],
  ["spec.upstream", { upstream: undefined }],
  ["spec.upstream.main", { upstream: {} }],
  ["spec.upstream.main", { upstream: { main: { url: "http://h", ref: "d" } } }],
  ["spec.upstream.main.url", { upstream: { main: { url: "ftp://h" } } }],
  ["spec.upstream.main.url", { upstream: { main: { url: "http://" } } }],
  ["spec.upstream.main.url", { upstream: { main: { url: "http://h/a?b=c" } } }],
  ["spec.upstream.main.url", { upstream: { main: { url: "http://u:p@h" } } }],
  ["spec.upstream.main.url", { upstream: { main: { url: "http://h:0" } } }],
  ["spec.upstream.main.url", { upstream: { main: { url: "http://h:65536" } } }],
  ["spec.upstream.main.ref", { upstream: { main: { ref: "none" } } }],
  [
    "spec.upstream.main.hostRewrite",
    { upstream: { main: { url: "http://h", hostRewrite: "no" } } },
  ],
  ["spec.upstreamDefinitions[0].name", definition({ name: "a b" })],
  ["spec.upstreamDefinitions[0].basePath", definition({ basePath: "/a/" })],
  ["spec.upstreamDefinitions[0].timeout.connect", definition({ timeout: { connect: "0s" } })],
  ["spec.upstreamDefinitions[0].timeout.connect", definition({ timeout: { connect: "1h30m" } })],
  ["spec.upstreamDefinitions[0].upstreams", definition({ upstreams: [] })],
  [
    "spec.upstreamDefinitions[0].upstreams[0].url",
    definition({ upstreams: [{ url: "http://h/p" }] }),
  ],
  [
    "spec.upstreamDefinitions[0].upstreams[0].weight",
    definition({ upstreams: [{ url: "http://h", weight: 101 }] }),
  ],
  [
    "spec.upstreamDefinitions[0].upstreams",
    definition({ upstreams: [{ url: "http://h" }, { url: "https://h" }] }),
  ],
  [
    "spec.upstreamDefinitions[0].settings.loadBalancing.method",
    definition({ settings: { loadBalancing: { method: "best" } } }),
  ],
  [
    "spec.upstreamDefinitions[0].settings.tls",
    definition({ settings: { tls: { clientKey: "-----BEGIN KEY-----" } } }),
  ],
  ["spec.vhosts.main", { vhosts: { main: "a b" } }],
  ["spec.vhosts.sandbox", { vhosts: { main: "a", sandbox: "a" } }],
  ["spec.resilience.timeout", { resilience: { timeout: "5" } }],
  ["spec.resilience.timeout", { resilience: { timeout: "99999999999h" } }],
  ["spec.resilience.idleTimeout", { resilience: { idleTimeout: "-1s" } }],
  ["spec.traffic.retries.on[0]", { traffic: { retries: { attempts: 1, on: ["always"] } } }],
  ["spec.traffic.split[0].upstream", { traffic: { split: [{ upstream: "none", weight: 1 }] } }],
  ["spec.traffic.mirror.upstream", { traffic: { mirror: { upstream: "none" } } }],
  ["spec.operations", { operations: undefined }],
  ["spec.operations", { operations: [] }],
  ["spec.operations", { operations: {} }],
  ["spec.operations[0].method", operation({ method: "TRACE" })],
  ["spec.operations[0].path", operation({ path: "x" })],
  ["spec.operations[0].path", operation({ path: "/{a" })],
  ["spec.operations[0].path", operation({ path: "/\ud800" })],
  ["spec.operations[0].path", operation({ path: undefined })],
  ["spec.operations[0].match.path.value", match({ path: {} })],
  ["spec.operations[0].match.path.type", match({ path: { value: "/x", type: "Regex" } })],
  [
    "spec.operations[0].match.headers[0].value",
    match({ headers: [{ name: "a", value: "(", type: "RegularExpression" }] }),
  ],
  ["spec.operations[0].match.headers[0].name", match({ headers: [{ name: "a b", value: "" }] })],
  [
    "spec.operations[1]",
    {
      operations: [
        { method: "GET", path: "/a" },
        { method: "GET", path: "/a" },
      ],
    },
  ],
  [
    "spec.operations[0].path",
    { context: "/", operations: [{ method: "GET", path: "/_gateway-health/x" }] },
  ],
  [
    "spec.operations[0].path",
    { context: "/", operations: [{ method: "GET", path: "/a/../_gateway-health" }] },
  ],
  ["spec.policies[0].name", policy({ name: "nobody" })],
  ["spec.policies[0].version", policy({ version: "v2" })],
  ["spec.policies[0].version", policy({ version: "v1.0.0" })],
  ["spec.policies[0].params.level", policy({ params: { level: 0 } })],
  ["spec.policies[0].params.level", policy({ params: { level: "high" } })],
  ["spec.policies[0].params.nothing", policy({ params: { nothing: 1 } })],
  ["spec.policies[0].params", policy({ params: [] })],
  ["spec.operations[0].policies[0].name", operation(policy({ name: "nobody" }))],
  ["spec.deploymentState", { deploymentState: "half" }],
  ["spec.upstream.sandbox", { upstream: { main: { url: "http://h" }, sandbox: {} } }],
  ["spec.upstreamDefinitions", { upstreamDefinitions: {} }],
  ["spec.upstreamDefinitions[0].name", definition({ name: "x".repeat(101) })],
  [
    "spec.upstreamDefinitions[1].name",
    { upstreamDefinitions: [definitionOf({}), definitionOf({})] },
  ],
  ["spec.upstreamDefinitions[0].upstreams", definition({ upstreams: undefined })],
  ["spec.upstreamDefinitions[0].upstreams[0].url", definition({ upstreams: [{}] })],
  ["spec.upstreamDefinitions[0].upstreams[0].weight", target({ weight: 0.5 })],
  ["spec.upstreamDefinitions[0].upstreams[0].weight", target({ weight: -1 })],
  [setting("loadBalancing.hashOn"), settings({ loadBalancing: { method: "maglev" } })],
  [
    setting("loadBalancing.hashOn"),
    settings({ loadBalancing: { method: "round-robin", hashOn: "ip" } }),
  ],
  [
    setting("loadBalancing.hashOn.header"),
    settings({ loadBalancing: { method: "maglev", hashOn: { header: "a b" } } }),
  ],
  [
    setting("loadBalancing.hashOn.cookie"),
    settings({ loadBalancing: { method: "maglev", hashOn: { cookie: "a;b" } } }),
  ],
  [setting("healthCheck.path"), settings({ healthCheck: {} })],
  [setting("healthCheck.interval"), settings({ healthCheck: { path: "/", interval: "0s" } })],
  [setting("healthCheck.timeout"), settings({ healthCheck: { path: "/", timeout: 5 } })],
  [
    setting("healthCheck.healthyThreshold"),
    settings({ healthCheck: { path: "/", healthyThreshold: 0 } }),
  ],
  [
    setting("outlierDetection.maxEjectionPercent"),
    settings({ outlierDetection: { maxEjectionPercent: 101 } }),
  ],
  [setting("circuitBreakers.maxRequests"), settings({ circuitBreakers: { maxRequests: 0 } })],
  [setting("protocol"), settings({ protocol: "http3" })],
  [setting("tls.certificateAuthority"), settings({ tls: { certificateAuthority: noPem } })],
  [
    setting("tls.clientCertificate"),
    settings({ tls: { clientCertificate: noPem, clientKey: identity.key } }),
  ],
  [
    setting("tls.clientKey"),
    settings({ tls: { clientCertificate: identity.certificate, clientKey: noPem } }),
  ],
  [
    setting("tls.clientKey"),
    settings({ tls: { clientCertificate: identity.certificate, clientKey: stranger.key } }),
  ],
  [setting("tls.insecureSkipVerify"), settings({ tls: { insecureSkipVerify: "yes" } })],
  ["spec.vhosts.main", { vhosts: {} }],
  ["spec.vhosts.sandbox", { vhosts: { main: "a", sandbox: "b;c" } }],
  ["spec.subscriptionPlans", { subscriptionPlans: "gold" }],
  ["spec.resilience", { resilience: "5s" }],
  ["spec.traffic.retries.attempts", { traffic: { retries: { attempts: 11 } } }],
  [
    "spec.traffic.retries.perTryTimeout",
    { traffic: { retries: { attempts: 1, perTryTimeout: "0s" } } },
  ],
  ["spec.traffic.split", { ...definition({}), traffic: { split: [{ upstream: "d", weight: 0 }] } }],
  [
    "spec.traffic.mirror.percent",
    { ...definition({}), traffic: { mirror: { upstream: "d", percent: 101 } } },
  ],
  ["spec.traffic.webSocket", { traffic: { webSocket: "yes" } }],
  ["spec.operations[0].method", operation({ method: undefined })],
  ["spec.operations[0].resilience.timeout", operation({ resilience: { timeout: "1h30m" } })],
  ["spec.operations[0].match.method", match({ method: "ALL" })],
  ["spec.operations[0].match.path", match({ path: undefined })],
  [
    "spec.operations[0].match.headers[0].type",
    match({ headers: [{ name: "a", value: "b", type: "Prefix" }] }),
  ],
  ["spec.operations[0].match.queryParams[0].value", match({ queryParams: [{ name: "a" }] })],
  ["spec.policies", { policies: { name: "tiny" } }],
  ["spec.policies[0]", { policies: ["tiny"] }],
  ["spec.policies[0].version", policy({ version: undefined })],
  ["spec.policies[0].executionCondition", policy({ executionCondition: {} })],
  ["spec.operations[0].policies[0].params.level", operation(policy({ params: { level: 0 } }))],
  [
    setting("loadBalancing.hashOn.ttl"),
    settings({ loadBalancing: { method: "maglev", hashOn: { cookie: "c", ttl: "1d" } } }),
  ],
  [
    setting("healthCheck.unhealthyThreshold"),
    settings({ healthCheck: { path: "/", unhealthyThreshold: 101 } }),
  ],
  [
    setting("outlierDetection.consecutiveErrors"),
    settings({ outlierDetection: { consecutiveErrors: 0 } }),
  ],
  [setting("outlierDetection.interval"), settings({ outlierDetection: { interval: "0s" } })],
  [
    setting("outlierDetection.ejectionTime"),
    settings({ outlierDetection: { ejectionTime: "soon" } }),
  ],
  [setting("circuitBreakers.maxConnections"), settings({ circuitBreakers: { maxConnections: 0 } })],
  [
    setting("circuitBreakers.maxPendingRequests"),
    settings({ circuitBreakers: { maxPendingRequests: 1_000_001 } }),
  ],
  [setting("circuitBreakers.maxRetries"), settings({ circuitBreakers: { maxRetries: -1 } })],
  [setting("tls.serverName"), settings({ tls: { serverName: "x".repeat(254) } })],
  ["spec.upstream.sandbox.url", sandbox({ url: "gopher://h" })],
  ["spec.upstream.sandbox.ref", sandbox({ ref: "none" })],
  ["spec.upstream.sandbox.hostRewrite", sandbox({ url: "http://h", hostRewrite: "no" })],
  ["spec.subscriptionPlans[0]", { subscriptionPlans: [""] }],
  ["spec.withoutGatewayPolicies[0]", { withoutGatewayPolicies: ["x".repeat(254)] }],
  [
    "spec.traffic.split[0].weight",
    { ...definition({}), traffic: { split: [{ upstream: "d", weight: -1 }] } },
  ],
  [
    "spec.operations[0].match.headers",
    match({ headers: Array(17).fill({ name: "a", value: "b" }) }),
  ],
  [
    "spec.operations[0].match.queryParams",
    match({ queryParams: Array(17).fill({ name: "a", value: "b" }) }),
  ],
  [
    "spec.operations[0].match.queryParams[0].type",
    match({ queryParams: [{ name: "a", value: "b", type: "Prefix" }] }),
  ],
  [
    "spec.operations[0].match.queryParams[0].name",
    match({ queryParams: [{ name: "a b", value: "b" }] }),
  ],
  ["spec.operations[0].policies[0].version", operation(policy({ version: "latest" }))],
  [
    "spec.operations[0].policies[0].executionCondition",
    operation(policy({ executionCondition: "x".repeat(8_193) })),
  ],
  ["spec.operations[0].withoutGatewayPolicies[0]", operation({ withoutGatewayPolicies: [""] })],
  ["spec.operations[0].resilience.idleTimeout", operation({ resilience: { idleTimeout: "1" } })],
];
