import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { makeCertificate } from "../../../controller/tls/certificate.ts";
import { restApi, startTestGateway, type TestGateway } from "../fixtures/gateway.ts";

/** Enough to show a leak of a kilobyte for each request as 10 MB. */
const requests = 10_000;
const allowedGrowthMb = 60;

const token = "a-token-for-the-admin-routes";
const users = [{ username: "root", password: "root's password", roles: ["admin" as const] }];
const authorization = `Basic ${Buffer.from("root:root's password").toString("base64")}`;
const { certificate } = makeCertificate({ commonName: "a", authority: true });

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

let t: TestGateway;
beforeAll(async () => {
  t = await startTestGateway({
    envoy: "none",
    users,
    auditKeep: 500,
    adminToken: token,
    shortForm: {
      services: { a: { url: "http://127.0.0.1:1" } },
      routes: [],
      authentication: {},
      rate_limiting: undefined,
    } as never,
  });
});
afterAll(() => t.close());

const names = fc.constantFrom(
  "a",
  "b",
  "c",
  "pets",
  "..",
  "%2e%2e",
  "a%00b",
  "é",
  " ",
  "x".repeat(300),
  "__proto__",
  "constructor",
);
const odd = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  fc.string({ unit: "binary", maxLength: 60 }),
  fc.constantFrom(null, -1, 1e308, "", [], {}, "__proto__"),
);

/** A good document with odd values in a place or two. */
const mutated = (good: object) =>
  fc
    .array(fc.tuple(fc.nat(), odd, fc.boolean()), { maxLength: 2 })
    .map((changes) =>
      changes.reduce<object>(
        (document, [at, value, remove]) => change(document, at, value, remove),
        structuredClone(good),
      ),
    );

function change(document: object, at: number, value: unknown, remove: boolean): object {
  const places: [Record<string, unknown>, string][] = [];
  const visit = (tree: unknown): void => {
    if (typeof tree !== "object" || tree === null) return;
    for (const key of Object.keys(tree)) {
      places.push([tree as Record<string, unknown>, key]);
      visit((tree as Record<string, unknown>)[key]);
    }
  };
  visit(document);
  const place = places[at % Math.max(places.length, 1)];
  if (!place) return document;
  if (remove) delete place[0][place[1]];
  else place[0][place[1]] = value;
  return document;
}

const bodies = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.constantFrom("a", "b", "pets").chain((name) => mutated(restApi(name, 1))),
  },
  {
    weight: 1,
    arbitrary: mutated({ username: "a", password: "a long password", roles: ["developer"] }),
  },
  { weight: 1, arbitrary: mutated({ name: "ca", certificate }) },
  {
    weight: 1,
    arbitrary: mutated({ planName: "Gold", throttleLimitCount: 1, throttleLimitUnit: "Min" }),
  },
  {
    weight: 1,
    arbitrary: mutated({ apiId: "pets", subscriptionToken: "tok", applicationId: "app" }),
  },
  { weight: 1, arbitrary: mutated({ name: "k-1", expiresIn: { unit: "days", duration: 30 } }) },
  { weight: 1, arbitrary: mutated({ path: "/a/*", service: "a", rate_limit: "1/minute" }) },
  { weight: 1, arbitrary: odd },
);

// Creating a user costs a bcrypt hash, on purpose; a few are enough.
const collections = fc.constantFrom(
  "rest-apis",
  "rest-apis",
  "certificates",
  "audit",
  "policies",
  "subscription-plans",
  "subscriptions",
  "modules",
  "secrets",
  "none",
);
const paths = fc.oneof(
  collections.map((kind) => `/${kind}`),
  fc.tuple(collections, names).map(([kind, name]) => `/${kind}/${name}`),
  names.map((name) => `/rest-apis/${name}/api-keys`),
  fc.tuple(names, names).map(([api, name]) => `/rest-apis/${api}/api-keys/${name}`),
  fc.constantFrom(
    "/certificates/reload",
    "/modules/rollback",
    "/rest-apis/a/api-keys/k-1/regenerate",
  ),
  names.map((name) => `ADMIN/${name}`),
  fc.constant("ADMIN"),
  fc.constant("/users/a"),
);

/** Nearly half of the requests have the body that their path is for. */
const fitting: [path: string, good: object][] = [
  ["/rest-apis", restApi("a", 1)],
  ["/rest-apis", restApi("b", 1)],
  ["/rest-apis/a", restApi("a", 2)],
  ["/rest-apis/a/api-keys", { expiresIn: { unit: "days", duration: 30 } }],
  ["/certificates", { name: "ca", certificate }],
  ["/subscription-plans", { planName: "Gold", throttleLimitCount: 1, throttleLimitUnit: "Min" }],
  ["/subscriptions", { apiId: "a", subscriptionToken: "tok", applicationId: "app" }],
  ["ADMIN", { path: "/a/*", service: "a", rate_limit: "1/minute" }],
  ["ADMIN/a-all", { enabled: false }],
];
const target = fc.oneof(
  fc
    .constantFrom(...fitting)
    .chain(([path, good]) =>
      mutated(good).map((body) => ({ path, body: body as unknown, raw: null })),
    ),
  fc.record({
    path: paths,
    body: bodies,
    raw: fc.option(fc.string({ unit: "binary", maxLength: 200 }), { freq: 10 }),
  }),
);
const details = fc.record({
  method: fc.constantFrom(
    "GET",
    "POST",
    "POST",
    "POST",
    "PUT",
    "DELETE",
    "PATCH",
    "OPTIONS",
    "HEAD",
  ),
  type: fc.constantFrom("application/json", "application/yaml", "text/plain", "nonsense"),
  query: fc.constantFrom(
    "",
    "",
    "",
    "",
    "?dryRun=true",
    "?limit=-1",
    "?limit=5&offset=x",
    "?wait=1ms",
    "?wait=x",
    "?since=x",
    "?status=deployed",
    "?%",
  ),
  ifMatch: fc.option(fc.constantFrom('"1"', '"1", W/"2"', "*", "x", '"99999999999999999999"'), {
    freq: 6,
  }),
});
const request = fc.tuple(target, details).map(([one, more]) => ({ ...one, ...more }));

test(
  `${requests.toLocaleString("en")} random requests: no 5xx, JSON in every answer, and memory flat`,
  { timeout: 600_000 },
  async () => {
    const { management, admin } = t.gateway.ports;
    const fetchOnce = async (one: typeof request extends fc.Arbitrary<infer R> ? R : never) => {
      const isAdmin = one.path.startsWith("ADMIN");
      const base = isAdmin
        ? `http://127.0.0.1:${admin}/admin/routes`
        : `http://127.0.0.1:${management}/api/management/v1`;
      const hasBody = !["GET", "HEAD", "OPTIONS"].includes(one.method);
      const answer = await fetch(base + one.path.replace(/^ADMIN/, "") + one.query, {
        method: one.method,
        headers: {
          authorization: isAdmin ? `Bearer ${token}` : authorization,
          "content-type": one.type,
          ...(one.ifMatch !== null && { "if-match": one.ifMatch }),
        },
        ...(hasBody && { body: one.raw ?? JSON.stringify(one.body) ?? "" }),
      });
      const text = await answer.text();
      // The contract's own: more active keys than a user may have.
      const spent = answer.status === 500 && text.includes("active keys here");
      if (answer.status >= 500 && !spent)
        throw new Error(`${answer.status} ${text} ${t.logs.slice(-2).join(" | ")}`);
      if (text && !/^[{[]/.test(text))
        throw new Error(`${answer.status} is not JSON: ${text.slice(0, 100)}`);
      return answer.status;
    };
    const seen = new Map<number, number>();
    let done = 0;
    let before = 0;
    await fc.assert(
      fc.asyncProperty(request, async (one) => {
        const status = await fetchOnce(one);
        seen.set(status, (seen.get(status) ?? 0) + 1);
        if (++done === requests / 4) before = memory();
      }),
      { numRuns: requests, endOnFailure: true },
    );
    expect(memory() - before).toBeLessThan(allowedGrowthMb);
    // The inputs reach what they are meant for.
    for (const status of [200, 201, 400, 404])
      expect(seen.get(status) ?? 0, `${status}`).toBeGreaterThan(50);
    // Nothing half-written: what is listed can be read.
    const list = await t.manage("GET", "/rest-apis", undefined, { authorization });
    for (const { metadata } of (list.body as unknown as { apis: { metadata: { name: string } }[] })
      .apis)
      expect(
        (
          await t.manage("GET", `/rest-apis/${encodeURIComponent(metadata.name)}`, undefined, {
            authorization,
          })
        ).status,
      ).toBe(200);
  },
);

/** What is left after a collection, in megabytes. */
function memory(): number {
  collect();
  return process.memoryUsage().heapUsed / 1e6;
}
