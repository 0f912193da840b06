/** Keys, subscriptions, secrets and consumers, from the management API to the policies in a real Envoy. */
import { generateKeyPairSync } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { build } from "../../../cli/build/index.ts";
import { eventually } from "../../eventually.ts";
import { restApi } from "../fixtures/gateway.ts";
import { rawOf, startAccess, type AccessGateway } from "./fixture.ts";

let gateway: AccessGateway;
/** Everything that nobody may read anywhere. */
const hidden: string[] = [];
/** Every answer of the management API that is not the one that shows a key or a token. */
const answers: unknown[] = [];
const csrfKey = "key-of-all-the-forms";
const signingKey = generateKeyPairSync("rsa", {
  modulusLength: 2_048,
  ...{ privateKeyEncoding: { type: "pkcs8", format: "pem" } },
  publicKeyEncoding: { type: "spki", format: "pem" },
}).privateKey;

beforeAll(async () => {
  const policies = ["api-key-auth", "subscription-validation", "acl", "set-headers"];
  policies.push("basic-auth", "csrf", "hmac-auth", "backend-jwt");
  const { wasm } = await build(policies.map((name) => `policies/${name}`));
  gateway = await startAccess({
    module: wasm,
    envoy: "spawn",
    configDump: true,
    accessLog: "json",
  });
});
afterAll(() => gateway?.close());

async function ask(method: string, path: string, body?: unknown, ok = true) {
  const answer = await gateway.as("root", method, path, body);
  if (ok) expect([path, answer.status < 300, answer.body]).toEqual([path, true, answer.body]);
  return answer;
}
async function note(method: string, path: string, body?: unknown, ok = true) {
  const answer = await ask(method, path, body, ok);
  // Whoever writes a document is answered with it.
  if (!/^\/rest-apis\b.*wait/.test(path)) answers.push(answer.body);
  answers.push([...answer.headers]);
  return answer;
}

const served = (name: string, policies: object[], spec: object = {}) =>
  note(
    "POST",
    "/rest-apis?wait=10s",
    restApi(name, gateway.upstream.port, {
      policies: policies.map((policy) => ({ version: "v1", ...policy })),
      ...spec,
    }),
  );

async function makeKey(path: string): Promise<string> {
  const key = rawOf(await ask("POST", path));
  hidden.push(key);
  return key;
}

/** Sends until the status is this one, and tells how long that took. */
async function becomes(status: number, path: string, headers: Record<string, string>) {
  const began = performance.now();
  await eventually(async () =>
    expect((await gateway.request({ path, headers })).status).toBe(status),
  );
  return performance.now() - began;
}

test("a consumer's key opens what its groups may, on every API", async () => {
  const guard = (group: string) => [
    { name: "api-key-auth" },
    { name: "acl", params: { allow: { groups: [group] } } },
  ];
  await served("partners", guard("partners"));
  await served("staff", guard("staff"));
  const spec = { groups: ["partners"] };
  await note("POST", "/consumers", { kind: "Consumer", metadata: { name: "acme" }, spec });
  const key = await makeKey("/consumers/acme/api-keys");
  await becomes(200, "/partners/a", { "api-key": key });
  await becomes(403, "/staff/a", { "api-key": key });
  await note("PUT", "/consumers/acme", {
    ...{ kind: "Consumer", metadata: { name: "acme" }, spec: { groups: ["staff"] } },
  });
  await becomes(403, "/partners/a", { "api-key": key });
  await becomes(200, "/staff/a", { "api-key": key });
});

test("a key regenerated with an overlap is good beside the new one, and one without is not", async () => {
  await served("keyed", [{ name: "api-key-auth" }]);
  const path = "/rest-apis/keyed/api-keys";
  const first = await makeKey(path);
  await becomes(200, "/keyed/a", { "api-key": first });
  const { body } = await note("GET", path);
  const [{ name }] = body["apiKeys"] as unknown as [{ name: string }];
  const renew = async (sent: object) => {
    const key = rawOf(await ask("POST", `${path}/${name}/regenerate`, sent));
    hidden.push(key);
    return key;
  };
  const second = await renew({ overlap: "1h" });
  await becomes(200, "/keyed/a", { "api-key": second });
  await becomes(200, "/keyed/a", { "api-key": first });
  const third = await renew({});
  await becomes(200, "/keyed/a", { "api-key": third });
  await becomes(401, "/keyed/a", { "api-key": second });
  await becomes(401, "/keyed/a", { "api-key": first });
});

test("a subscription opens its API within its plan, and ends with its status", async () => {
  await served("subscribed", [{ name: "subscription-validation" }]);
  const plan = { planName: "Two", throttleLimitCount: 2, throttleLimitUnit: "Month" };
  const { body } = await note("POST", "/subscription-plans", plan);
  const token = "token-of-a-subscriber-that-nobody-reads";
  hidden.push(token);
  const made = await ask("POST", "/subscriptions", {
    ...{ apiId: "subscribed", subscriptionToken: token, subscriptionPlanId: body["id"] },
  });
  const headers = { "subscription-key": token };
  await becomes(200, "/subscribed/a", headers);
  await becomes(429, "/subscribed/a", headers);
  const path = `/subscriptions/${String(made.body["id"])}`;
  await note("PUT", path, { status: "REVOKED" });
  await becomes(403, "/subscribed/a", headers);
});

test("a policy sends a secret's value, and the new one once it has changed", async () => {
  const secret = (value: string) => {
    hidden.push(value, value.toUpperCase());
    const spec = { displayName: "Badge", value };
    return { kind: "Secret", metadata: { name: "badge" }, spec };
  };
  await note("POST", "/secrets", secret('first "badge" \\ of all'));
  const header = (name: string, template: string) => ({ name, value: `Bearer ${template}` });
  const params = {
    request: {
      headers: [
        header("x-plain", '{{ secret "badge" }}'),
        header("x-upper", '{{ secret "badge" | upper }}'),
      ],
    },
  };
  await served("secretive", [{ name: "set-headers", params }]);
  const sent = async () => {
    expect((await gateway.request("/secretive/a")).status).toBe(200);
    const { headers } = gateway.upstream.seen.at(-1)!;
    return ["x-plain", "x-upper"].map((name) => headers.find(([key]) => key === name)?.[1]);
  };
  await eventually(async () =>
    expect(await sent()).toEqual([
      'Bearer first "badge" \\ of all',
      'Bearer FIRST "BADGE" \\ OF ALL',
    ]),
  );
  await note("PUT", "/secrets/badge", secret("second-badge"));
  await eventually(async () =>
    expect(await sent()).toEqual(["Bearer second-badge", "Bearer SECOND-BADGE"]),
  );
  await note("DELETE", "/secrets/badge", undefined, false);
});

test("what is secret by its parameter's schema works, and changes, without standing in a chain", async () => {
  const path = "/walled/a";
  const basic = (password: string) => ({
    authorization: `Basic ${Buffer.from(`ada:${password}`).toString("base64")}`,
  });
  const policies = (password: string) => [
    { name: "basic-auth", version: "v1", params: { username: "ada", password } },
    { name: "csrf", version: "v1", params: { key: csrfKey } },
    { name: "backend-jwt", version: "v1", params: { signingKey: { inline: signingKey } } },
  ];
  const [first, second] = ['pass "one" \\ of ada', "second-password-of-ada"];
  hidden.push(first, second, csrfKey);
  await served("walled", policies(first));
  await becomes(200, path, basic(first));
  await becomes(401, path, basic(second));
  const [token] = gateway.upstream.seen.at(-1)!.headers.filter(([name]) => /jwt/.test(name));
  expect(token?.[1]).toMatch(/^ey[\w-]+\.[\w-]+\.[\w-]+$/);
  const changed = restApi("walled", gateway.upstream.port, { policies: policies(second) });
  await note("PUT", "/rest-apis/walled?wait=10s", changed);
  await becomes(200, path, basic(second));
  await becomes(401, path, basic(first));

  // A chain with more of them than a template's chain ever had.
  const secretOf = (i: number) => `secret-of-client-number-${i}`;
  const keys = Array.from({ length: 200 }, (_, i) => ({
    keyId: `client-${i}`,
    secret: secretOf(i),
  }));
  hidden.push(secretOf(0), secretOf(199));
  await served("signed", [{ name: "hmac-auth", params: { keys } }]);
  await becomes(401, "/signed/a", {});
});

test("no log, list, error, dump or metric has a key, a token or a secret", async () => {
  for (const path of ["/rest-apis", "/consumers", "/secrets", "/subscriptions", "/audit"])
    await note("GET", path);
  for (const path of ["/rest-apis/keyed/api-keys", "/consumers/acme/api-keys"])
    await note("GET", path);
  const { ports, envoy } = gateway.gateway;
  const credentials = Buffer.from("root:secret-of-root").toString("base64");
  const get = async (port: number | null, path: string) => {
    const headers = { authorization: `Basic ${credentials}` };
    return (await fetch(`http://127.0.0.1:${port}${path}`, { headers })).text();
  };
  const dump = await get(ports.admin, "/api/admin/v1/config_dump");
  expect(dump).toContain("secretive");
  const envoyDump = await envoy!.current()!.admin("/config_dump");
  expect(envoyDump).toContain("Bearer \ue000badge\ue001");
  const metrics = await get(ports.metrics, "/metrics");
  const stats = await envoy!.current()!.admin("/stats");
  const everything = {
    answers: JSON.stringify(answers),
    dump,
    envoyDump,
    metrics,
    stats,
    log: gateway.logs.join("\n"),
  };
  hidden.push(...signingKey.split("\n").filter((line) => /^[\w+/=]{40,}$/.test(line)));
  expect(hidden.length).toBeGreaterThan(20);
  const shown = Object.entries(everything).flatMap(([where, text]) =>
    hidden
      .filter((value) =>
        [value, JSON.stringify(value).slice(1, -1)].some((form) => text.includes(form)),
      )
      .map((value) => `${where}: ${value}`),
  );
  expect(shown).toEqual([]);
});
