/** A developer writes APIs that reach for what is the gateway's own: its environment, its ports, a cloud's credentials. */
import { hashSync } from "bcryptjs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { freePort } from "../fixtures/free-port.ts";
import { restApi, startTestGateway, type TestGateway } from "../fixtures/gateway.ts";

let t: TestGateway;
let envoyAdmin: number;
beforeAll(async () => {
  process.env["OWN_GROUND_SECRET"] = "hush-hush";
  process.env["OWN_GROUND_OPEN"] = "open";
  envoyAdmin = await freePort();
  t = await startTestGateway({
    ports: { envoyAdmin },
    environment: ["OWN_GROUND_OPEN"],
    users: [
      { username: "ada", password: hashSync("pass", 4), roles: ["admin"] },
      { username: "dev", password: hashSync("pass", 4), roles: ["developer"] },
    ],
  });
});
afterAll(async () => {
  await t.close();
  delete process.env["OWN_GROUND_SECRET"];
  delete process.env["OWN_GROUND_OPEN"];
});

const as = (who: string) => ({
  authorization: `Basic ${Buffer.from(`${who}:pass`).toString("base64")}`,
});
const write = (who: string, more: object, query = "?dryRun=true") =>
  t.manage("POST", `/rest-apis${query}`, restApi("own", t.upstream.port, more), as(who));
const named = (template: string) => ({
  policies: [{ name: "tiny", version: "v1", params: { level: template } }],
});

test.each([
  '{{ env "OWN_GROUND_SECRET" }}',
  '{{ "OWN_GROUND_SECRET" | env }}',
  "{{ env `OWN_GROUND_SECRET` }}",
  '{{ env (lower "own_ground_secret" | upper) }}',
  '{{- upper (env "OWN_GROUND_SECRET") -}}',
  '{{ env "OWN_GROUND_\\u0053ECRET" }}',
  '{{ default "OWN_GROUND_OPEN" "" }}{{ env "OWN_GROUND_OPEN" }}{{env "PATH"}}',
])("%s of a developer is refused, before its value is looked at", async (template) => {
  const { status, body } = await write("dev", named(template));
  expect(status).toBe(400);
  expect(JSON.stringify(body)).toContain("of the gateway's environment");
  expect(JSON.stringify(body)).not.toContain("hush");
});

test("a variable that is on the list is anybody's, every one is an admin's, and a text is no variable", async () => {
  const level = (name: string) =>
    named(`{{ env "${name}" | replace "open" "1" | replace "hush-hush" "2" }}`);
  expect((await write("dev", level("OWN_GROUND_OPEN"))).status).toBe(200);
  expect((await write("ada", level("OWN_GROUND_SECRET"))).status).toBe(200);
  expect((await write("dev", named(`{{ replace "env" "" "env1" }}`))).status).toBe(200);
});

const reach = (url: string) => ({ upstream: { main: { url } } });
const defined = (url: string) => ({
  upstream: { main: { ref: "d" } },
  upstreamDefinitions: [{ name: "d", upstreams: [{ url: "http://192.0.2.1" }, { url }] }],
});

test("Envoy's admin and the gateway's other ports are no upstream, however their address is written", async () => {
  const hosts = ["127.0.0.1", "127.9.9.9", "127.1", "0x7f000001", "2130706433", "0.0.0.0"];
  hosts.push("localhost", "LOCALHOST.", "a.localhost", "[::1]", "[::]", "[::ffff:127.0.0.1]");
  // A name that its owner points to this machine.
  hosts.push("somewhere.example");
  for (const host of hosts)
    for (const who of ["dev", "ada"])
      for (const upstream of [reach, defined]) {
        const { status, body } = await write(who, upstream(`http://${host}:${envoyAdmin}`));
        expect({ host, status, text: JSON.stringify(body) }).toMatchObject({
          ...{ host, status: 400 },
          text: expect.stringMatching(/the gateway (itself|has a port)/),
        });
      }
});

test("a cloud's credentials are no upstream", async () => {
  for (const host of [
    "169.254.169.254",
    "[::ffff:169.254.169.254]",
    "[fe80::1]",
    "[fd00:ec2::254]",
  ]) {
    const { status, body } = await write("dev", reach(`http://${host}/latest`));
    expect({ host, status }).toEqual({ host, status: 400 });
    expect(JSON.stringify(body)).toContain("denied_networks");
  }
});

test("a large parameter on many operations is refused before it is multiplied", async () => {
  const operations = Array.from({ length: 2_000 }, (_, i) => ({ method: "GET", path: `/${i}` }));
  const policies = [
    { name: "tiny", version: "v1", executionCondition: `"${"a".repeat(8_000)}" == ""` },
  ];
  const many = Array.from({ length: 8 }, () => policies[0]);
  const { status, body } = await write("dev", { operations, policies: many });
  expect(status).toBe(400);
  expect(JSON.stringify(body)).toContain("at most 67108864 characters of routes");
});

test("other ports of this machine are upstreams as before, and requests come through", async () => {
  expect((await write("dev", {}, "?wait=10s")).status).toBe(201);
  expect((await t.request("/own/1")).status).toBe(200);
});
