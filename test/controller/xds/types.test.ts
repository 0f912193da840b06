/** All that an Envoy was given, read from its own dump: each of the seven types, and under which version. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { makeCertificate } from "../../../controller/tls/certificate.ts";
import { startUpstream, type UpstreamServer } from "../../runners/upstream.ts";
import { restApi, startTestGateway, type TestGateway } from "../fixtures/gateway.ts";

const tls = makeCertificate({ commonName: "gateway", names: ["gateway.example"] });
let t: TestGateway;
let other: TestGateway;
let next: UpstreamServer;
beforeAll(async () => {
  [t, other, next] = await Promise.all([
    startTestGateway({ ports: { https: 0 }, tls }),
    startTestGateway(),
    startUpstream({ body: "next" }),
  ]);
});
afterAll(async () => {
  await Promise.all([t.close(), other.close()]);
  await next.close();
});

const api = (port: number) =>
  restApi("pets", 1, {
    upstream: { main: { ref: "d" } },
    upstreamDefinitions: [{ name: "d", upstreams: [{ url: `http://127.0.0.1:${port}` }] }],
    policies: [{ name: "tiny", version: "v1" }],
  });

async function write({ manage }: TestGateway, method: string, path: string, port: number) {
  const { body } = await manage(method, `${path}?wait=10s`, api(port));
  expect(body).toMatchObject({ status: { problem: null, gateways: [{ state: "serving" }] } });
}

/** What an Envoy has: by list and name its version, or all of it where the dump has no version. */
async function held({ gateway }: TestGateway): Promise<Map<string, string>> {
  const text = await gateway.envoy!.current()!.admin("/config_dump?include_eds");
  const { configs } = JSON.parse(text) as { configs: Record<string, Entry[]>[] };
  const found = new Map<string, string>();
  for (const [list, nameOf] of Object.entries(lists))
    for (const entry of configs.flatMap((config) => config[list] ?? []))
      found.set(
        `${list} ${nameOf(entry)}`,
        entry.active_state?.version_info ??
          entry.version_info ??
          JSON.stringify({ ...entry, last_updated: "" }),
      );
  return found;
}

interface Body {
  name: string;
  cluster_name: string;
}

interface Entry extends Body {
  version_info?: string;
  active_state?: { version_info: string };
  cluster: Body;
  endpoint_config: Body;
  route_config: Body;
  ecds_filter: Body;
}

/** The seven types by where they stand in the dump. */
const lists: Record<string, (entry: Entry) => string> = {
  dynamic_active_clusters: ({ cluster }) => cluster.name,
  dynamic_endpoint_configs: ({ endpoint_config }) => endpoint_config.cluster_name,
  dynamic_active_secrets: ({ name }) => name,
  ecds_filters: ({ ecds_filter }) => ecds_filter.name,
  dynamic_listeners: ({ name }) => name,
  dynamic_scoped_route_configs: ({ name }) => name,
  dynamic_route_configs: ({ route_config }) => route_config.name,
};

test("each of the seven types reaches Envoy, and each version is a hash", async () => {
  await write(t, "POST", "/rest-apis", t.upstream.port);
  const found = await held(t);
  const types = new Set([...found.keys()].map((key) => key.split(" ")[0]));
  expect([...types].sort()).toEqual(Object.keys(lists).sort());
  for (const [key, version] of found)
    // Of endpoints and scopes Envoy tells no version.
    if (!/^dynamic_(endpoint|scoped)/.test(key))
      expect([key, version]).toEqual([key, expect.stringMatching(/^[0-9a-f]{16}$/)]);
});

test("what is equal has the same version in another gateway, and what differs another", async () => {
  await write(other, "POST", "/rest-apis", t.upstream.port);
  const [here, there] = [await held(t), await held(other)];
  const shared = [...here.keys()].filter((key) => there.has(key) && !/listener|secret/.test(key));
  expect(shared.length).toBeGreaterThan(4);
  for (const key of shared) expect([key, there.get(key)]).toEqual([key, here.get(key)]);
  await write(other, "PUT", "/rest-apis/pets", next.port);
  const changed = await held(other);
  expect(shared.filter((key) => changed.get(key) !== here.get(key))).toEqual([
    expect.stringMatching(/^dynamic_endpoint_configs pets\/d@/),
    // It has the upstream's own Host header.
    "dynamic_route_configs segment/pets",
  ]);
});

test("addresses of a definition change under a cluster that stays, and requests go there", async () => {
  expect((await other.request("/pets/x")).text).toBe("next");
  await write(other, "PUT", "/rest-apis/pets", t.upstream.port);
  expect(JSON.parse((await other.request("/pets/x")).text)).toMatchObject({ path: "/x" });
});

test("what is written again without a change is not sent again", async () => {
  const answers = async () =>
    Number(
      (await t.gateway.envoy!.current()!.admin("/stats?filter=srds.scopes.update_success"))
        .split(":")
        .at(-1),
    ) +
    Number(
      (await t.gateway.envoy!.current()!.admin("/stats?filter=cluster_manager.cds.update_success"))
        .split(":")
        .at(-1),
    );
  const before = [await answers(), ...(await held(t))];
  await write(t, "PUT", "/rest-apis/pets", t.upstream.port);
  expect([await answers(), ...(await held(t))]).toEqual(before);
});
