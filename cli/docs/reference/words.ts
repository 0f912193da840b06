/**
 * What a schema cannot say of a kind's fields: by their paths, or by the ends of their paths where several kinds have the
 * same. A test says which field has no words, and which words no field has.
 */
export const words: Readonly<Record<string, string>> = {
  metadata: "Which document it is.",
  "metadata.name": "Its handle: a document of the same kind and name replaces it.",
  "metadata.labels": "For you; the gateway passes them on as they are.",
  "metadata.annotations": "For you.",
  spec: "What it says.",
  "spec.displayName": "What people call it.",
  "spec.description": "For people.",

  "Secret.spec.value": "What policies get where they name it. Kept encrypted.",

  "spec.planName": "What documents call it.",
  "spec.throttleLimitCount": "How many requests a subscription has in the time.",
  "spec.throttleLimitUnit": "The time.",
  "spec.stopOnQuotaReach": "Whether more are refused, which is so unless it is false.",
  "spec.billingPlan": "What your billing calls it.",
  "spec.expiryTime": "After this time it cannot be subscribed to.",
  "SubscriptionPlan.spec.status": "Only an active plan can be subscribed to.",

  "Certificate.spec.name": "Its name.",
  "Certificate.spec.certificate":
    "Authorities in PEM, one or more, that upstreams' certificates may be signed by.",

  "spec.version": "The API's version; with the display name it is unique.",
  "spec.context": "What all its paths begin with; `$version` in it is the version.",
  "spec.upstreamDefinitions": "Upstreams with several targets or settings, to be named by `ref`.",
  "upstreamDefinitions[].name": "What `ref`, `traffic` and the policy `dynamic-endpoint` call it.",
  "upstreamDefinitions[].basePath": "What stands before every path that it gets.",
  "upstreamDefinitions[].timeout": "How long things may take.",
  "timeout.connect": "A connection.",
  "upstreamDefinitions[].upstreams": "Its targets; all have one scheme.",
  "upstreams[].url": "`scheme://host[:port]` and nothing else.",
  "upstreams[].weight": "Its share of the requests.",
  "upstreamDefinitions[].settings": "How Envoy treats it.",
  "settings.loadBalancing": "Which target gets a request; round robin unless said.",
  "loadBalancing.method": "The way.",
  "loadBalancing.hashOn":
    "What `ring-hash` and `maglev` hash: these, `{header: name}` or `{cookie: name, ttl: 1h}`.",
  "settings.healthCheck":
    "Asks each target; one that fails gets no requests. When none is well, callers get 503.",
  "healthCheck.path": "What is asked; 200 is well.",
  "healthCheck.interval": "How often; 10s unless said.",
  "healthCheck.timeout": "How long an answer may take; 2s unless said.",
  "healthCheck.healthyThreshold": "After so many good answers it is well; 2 unless said.",
  "healthCheck.unhealthyThreshold": "After so many bad ones it is not; 3 unless said.",
  "settings.outlierDetection": "Leaves out a target whose answers fail.",
  "outlierDetection.consecutiveErrors": "After so many 5xx in a row; 5 unless said.",
  "outlierDetection.interval": "How often it is looked at; 10s unless said.",
  "outlierDetection.ejectionTime": "For how long at first; 30s unless said.",
  "outlierDetection.maxEjectionPercent": "How many of the targets at most; 50 unless said.",
  "settings.circuitBreakers": "How much may be under way to it; over it is 503.",
  "circuitBreakers.maxConnections": "Connections.",
  "circuitBreakers.maxPendingRequests": "Requests that wait for a connection.",
  "circuitBreakers.maxRequests": "Requests under way.",
  "circuitBreakers.maxRetries": "Retries under way.",
  "settings.protocol": "HTTP/1.1 unless said.",
  "settings.tls": "How it is known, and how the gateway shows itself.",
  "tls.serverName": "The name in its certificate; the URL's host unless said.",
  "tls.certificateAuthority":
    "Who signed its certificate, in PEM; the `Certificate`s and the machine's trust unless said.",
  "tls.clientCertificate": "The gateway's own, in PEM.",
  "tls.clientKey": "Its key, in PEM.",
  "tls.insecureSkipVerify": "Takes any certificate. Not for production.",
  "spec.upstream": "Where requests go.",
  "upstream.main": "Exactly one of `url` and `ref`.",
  "upstream.sandbox": "For the sandbox's hosts; without it those are 404.",
  "main.url": "http or https; its path stands before every request's.",
  "main.ref": "One of `upstreamDefinitions`.",
  "main.hostRewrite":
    "`auto`: the upstream gets its own host; `manual`: the client's, or what the policy `host-rewrite` says.",
  "sandbox.url": "As of `main`.",
  "sandbox.ref": "As of `main`.",
  "sandbox.hostRewrite": "As of `main`.",
  "spec.vhosts": "Which hosts it answers for; the gateway's own unless said.",
  "vhosts.main": "One or more, separated by `;`; `*.example.com` takes all below.",
  "vhosts.sandbox": "One host.",
  "spec.subscriptionPlans": "Names of the plans that it can be subscribed with; any when empty.",
  "spec.policies": "Run for every operation, in this order, before the operation's own.",
  "spec.withoutGatewayPolicies":
    "Names of the gateway's own policies (`router.policies` of its configuration) that this API goes without. A mandatory one is refused.",
  "policies[].name": "Of [these](policies.md) or of your own.",
  "policies[].version": "The major version, such as `v1`.",
  "policies[].executionCondition":
    "A CEL expression; where it is not true, the policy does not run. One that fails ends the request with 500.",
  "policies[].params": "What the policy's schema asks for.",
  "spec.resilience": "For every operation that says nothing else.",
  "resilience.timeout": "The upstream's whole answer; 0 is none, the gateway's own unless said.",
  "resilience.idleTimeout": "Nothing in either direction; 0 is none.",
  "spec.traffic": "More of Envoy's own work.",
  "traffic.split": "Over several upstreams, by weight, in place of `upstream.main`.",
  "split[].upstream": "One of `upstreamDefinitions`.",
  "split[].weight": "Its share.",
  "traffic.mirror": "A copy of requests, whose answers are dropped.",
  "mirror.upstream": "One of `upstreamDefinitions`.",
  "mirror.percent": "How many of the requests; 100 unless said.",
  "traffic.retries": "Asks again when an upstream fails. None unless said.",
  "retries.attempts": "How often.",
  "retries.on": "When; `connect-failure` and `refused-stream` unless said.",
  "retries.perTryTimeout": "How long one attempt may take.",
  "traffic.webSocket":
    "Whether clients may change to a WebSocket; unless given, where no policy holds bodies.",
  "spec.operations": "What is served; any other path is 404.",
  "operations[].match": "In place of `method` and `path`, byte for byte.",
  "match.path": "Which paths.",
  "path.type": "`Exact` unless said.",
  "path.value": "The path, after the context.",
  "match.method": "The method.",
  "match.headers": "All of them have to fit.",
  "match.queryParams": "All of them have to fit.",
  "headers[].type": "`Exact` unless said.",
  "headers[].value": "The value, or a regular expression without look-around.",
  "headers[].name": "The name.",
  "queryParams[].type": "`Exact` unless said.",
  "queryParams[].value": "The value, or a regular expression without look-around.",
  "queryParams[].name": "The name.",
  "operations[].method": "The method.",
  "operations[].path":
    "The path after the context: `{id}` is any one segment, `/*` at the end is everything below.",
  "operations[].policies": "Run after the API's, in this order.",
  "operations[].withoutGatewayPolicies":
    "Names of the gateway's own policies that this operation goes without, beside those of its API.",
  "operations[].resilience": "In place of the API's.",
  "spec.deploymentState": "`undeployed` keeps it and serves nothing.",

  "Consumer.spec.plan": "The plan whose limit holds for it.",
  "Consumer.spec.groups": "For the policy `acl`.",
  "Consumer.spec.attributes": "For conditions and headers of policies.",
  "Consumer.spec.credentials": "How it is known; secrets are never shown again.",
  "credentials[].type": "Which of the fields below it has.",
  "credentials[].username": "basic.",
  "credentials[].password": "basic; kept as a bcrypt hash.",
  "credentials[].passwordHash": "basic, in place of the password: its bcrypt hash.",
  "credentials[].issuer": "jwt: what `iss` is.",
  "credentials[].subject": "jwt: what `sub` is.",
  "credentials[].certificate": "mtls: the certificate in PEM.",
  "credentials[].fingerprint": "mtls: its SHA-256 in hexadecimal.",
  "credentials[].keyId": "hmac: which key.",
  "credentials[].secret": "hmac: the key; made and shown once unless given.",

  "spec.subscriptionToken": "What the caller shows; its hash is kept.",
  "spec.apiId": "The API's handle.",
  "spec.applicationId": "Whose it is, in your books.",
  "spec.subscriptionPlanId": "The plan: active, and one that the API allows.",
  "spec.consumer": "The consumer whose it is.",
  "spec.billingCustomerId": "For your billing.",
  "spec.billingSubscriptionId": "For your billing.",
  "Subscription.spec.status": "Only an active one lets requests through.",
};

/** The words of the longest end of the path that has some. */
export function keyOf(kind: string, path: string): string | null {
  const parts = [kind, ...path.split(".")];
  for (let from = 0; from < parts.length; from++) {
    const key = parts.slice(from).join(".");
    if (key in words) return key;
  }
  return null;
}
