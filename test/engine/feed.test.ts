/** The feed in a real Envoy: lookups, deltas, secrets in chains, and an Envoy whose feed has not come. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { build } from "../../cli/build/index.ts";
import { eventually } from "../eventually.ts";
import { sha256Hex } from "../../host-sim/feed/words.ts";
import { unhardened } from "../bench/unhardened.ts";
import { envoyRunner } from "../runners/envoy.ts";
import { feedSource, type FeedSource } from "./feed-source.ts";

let looker: Uint8Array;
let chained: Uint8Array;
const envoy = envoyRunner();
const sources: FeedSource[] = [];

beforeAll(async () => {
  looker = (await build(["test/engine/looker"])).wasm;
  chained = (await build(["test/engine/looker", "policies/set-headers"])).wasm;
});
afterAll(async () => {
  for (const source of sources) source.close();
  await envoy.close();
});

const source = (): FeedSource => {
  const made = feedSource();
  sources.push(made);
  return made;
};

const key = (raw: string, owner: string, consumer = "") =>
  ["key", ["pets", sha256Hex(raw)], ["k", "", "local", "", owner, consumer, "", ""]] as const;

const ask = (raw: string) => ({ path: "/a", headers: { "x-key": raw } });

test("keys are found, come and go as they are put and taken away", async () => {
  const feed = source();
  feed.put(...key("one", "ada", "acme"));
  feed.put("consumer", ["acme"], ["Acme", "gold", "a,b", "{}"]);
  const gateway = await envoy.load({ module: looker, clusters: { "sluice.agent": feed.answer } });
  const first = await gateway.request(ask("one"));
  expect(first.status).toBe(200);
  expect(first.upstream!.headers).toContainEqual(["x-owner", "ada"]);
  expect(first.upstream!.headers).toContainEqual(["x-groups", "a+b"]);
  expect((await gateway.request(ask("two"))).status).toBe(401);

  feed.put(...key("two", "bob"));
  await eventually(async () => expect((await gateway.request(ask("two"))).status).toBe(200));
  feed.remove("key", "pets", sha256Hex("two"));
  await eventually(async () => expect((await gateway.request(ask("two"))).status).toBe(401));
  expect((await gateway.request(ask("one"))).status).toBe(200);

  // A key that has expired is none, also when nobody has cleaned it up.
  feed.put("key", ["pets", sha256Hex("old")], ["k", "1000", "local", "", "eve", "", "", ""]);
  feed.put("revocation", ["jti", "issuer", "one"], ["0"]);
  await eventually(async () =>
    expect((await gateway.request(ask("one"))).text).toContain("revoked"),
  );
  expect((await gateway.request(ask("old"))).status).toBe(401);
  await gateway.close();
});

test("a feed of many parts is whole before anything in it counts, and other numbers begin anew", async () => {
  const feed = source();
  for (let i = 0; i < 5_000; i++) feed.put(...key(`key-${i}`, `owner-${i}`));
  feed.partBuckets = 8_192;
  const gateway = await envoy.load({ module: looker, clusters: { "sluice.agent": feed.answer } });
  for (const i of [0, 2_500, 4_999]) {
    const answer = await gateway.request(ask(`key-${i}`));
    expect(answer.upstream!.headers).toContainEqual(["x-owner", `owner-${i}`]);
  }
  // A part may be asked for twice: another worker takes over when this one is held up.
  const parts = feed.asked.map(({ cursor }) => cursor).filter((cursor) => cursor < 65_536);
  expect([...new Set(parts)]).toEqual([0, 1, 2, 3, 4, 5, 6, 7].map((part) => part * 8_192));

  feed.renumber();
  for (let i = 1; i < 5_000; i++) feed.remove("key", "pets", sha256Hex(`key-${i}`));
  await eventually(async () => expect((await gateway.request(ask("key-9"))).status).toBe(401));
  expect((await gateway.request(ask("key-0"))).status).toBe(200);
  await gateway.close();
});

test("an Envoy whose feed has not come lets requests wait, and refuses them when it does not come", async () => {
  const feed = source();
  feed.put(...key("one", "ada"));
  feed.silent = true;
  const gateway = await envoy.load({ module: looker, clusters: { "sluice.agent": feed.answer } });
  const early = gateway.request(ask("one"));
  await eventually(() => expect(feed.asked.length).toBeGreaterThan(0));
  feed.silent = false;
  expect((await early).status).toBe(200);
  await gateway.close();

  const alone = await envoy.load({ module: looker, clusters: {} });
  expect((await alone.request(ask("one"))).status).toBe(503);
  await alone.close();
});

test.each(["header", "body"])(
  "a request whose chain waits for its secrets goes on whole, also to a policy of the %s phase",
  async (phase) => {
    const feed = source();
    feed.put("secret", ["badge"], "late");
    feed.silent = true;
    const gateway = await envoy.load({
      module: chained,
      chain: {
        policies: [
          {
            name: "set-headers",
            version: "v1",
            params: {
              request: { phase, headers: [{ name: "x-badge", value: "\u{e000}badge\u{e001}" }] },
            },
          },
        ],
      },
      clusters: { "sluice.agent": feed.answer },
    });
    const body = "x".repeat(20_000);
    const early = gateway.request({ method: "POST", path: "/a", body });
    await eventually(() => expect(feed.asked.length).toBeGreaterThan(0));
    feed.silent = false;
    const { status, upstream } = await early;
    expect(status).toBe(200);
    expect(upstream!.headers).toContainEqual(["x-badge", "late"]);
    expect(upstream!.body.length).toBe(20_000);
    await gateway.close();
  },
);

test("a chain gets the values of its secrets, and is built anew when one changes; the log never has them", async () => {
  const feed = source();
  feed.put("secret", ["badge"], 'first "quoted" \\ value');
  const chain = {
    api: { name: "pets", version: "v1", context: "/pets", kind: "RestApi" },
    policies: [
      {
        name: "set-headers",
        version: "v1",
        params: { response: { headers: [{ name: "x-badge", value: "<\u{e000}badge\u{e001}>" }] } },
      },
    ],
  };
  const gateway = await envoy.load({
    module: chained,
    chain,
    clusters: { "sluice.agent": feed.answer },
  });
  const badge = async () =>
    (await gateway.request({ path: "/a" })).headers.find(([name]) => name === "x-badge")?.[1];
  expect(await badge()).toBe('<first "quoted" \\ value>');
  feed.put("secret", ["badge"], "second");
  await eventually(async () => expect(await badge()).toBe("<second>"));

  // Without its value, or with one that does not fit, the request is refused and the value not shown.
  feed.put("secret", ["badge"], `third\n${"x".repeat(9_000)}`);
  await eventually(async () => expect((await gateway.request({ path: "/a" })).status).toBe(500));
  feed.remove("secret", "badge");
  await eventually(async () => {
    expect((await gateway.request({ path: "/a" })).status).toBe(500);
    expect(gateway.logs().join("\n")).toContain("names a secret that is not there");
  });
  // One whose value comes later than the chain waits for it.
  const early = gateway.request({ path: "/a" });
  feed.put("secret", ["badge"], "fourth");
  expect((await early).status).toBe(200);
  expect(await badge()).toBe("<fourth>");
  for (const value of ["first", "second", "third", "fourth"])
    expect(gateway.logs().join("\n")).not.toContain(value);
  await gateway.close();
});

test("the feed goes on when the machine that brings it dies, and when another module takes over", async () => {
  const feed = source();
  feed.put(...key("one", "ada"));
  const letGo: (() => void)[] = [];
  // Without what the build adds, a fault ends the whole machine, as with modules from elsewhere.
  const fragile = await unhardened("test/engine/looker");
  const gateway = await envoy.load({
    module: fragile,
    clusters: { "sluice.agent": feed.answer },
    upstream: async ({ path }) =>
      path === "/slow" ? new Promise((resolve) => letGo.push(() => resolve({ body: "late" }))) : {},
  });
  /** How long it takes until a new key is good. */
  const comes = async (raw: string): Promise<number> => {
    const began = performance.now();
    feed.put(...key(raw, raw));
    await eventually(async () => expect((await gateway.request(ask(raw))).status).toBe(200));
    return performance.now() - began;
  };
  await comes("first");
  const afterDeath = [];
  for (const [i, crash] of ["a", "b", "c"].entries()) {
    const died = await gateway.request({ path: "/", headers: { "x-crash": crash } });
    expect(died.status).toBe(503);
    afterDeath.push(await comes(`after-${i}`));
  }

  // The best of some: a busy machine may delay any one of them.
  expect(Math.min(...afterDeath)).toBeLessThan(2_000);

  // An old stream keeps the old machine ticking: it may not take the feed back.
  const slow = gateway.request({ path: "/slow", headers: { "x-key": "one" } });
  await eventually(() => expect(letGo).toHaveLength(1));
  await gateway.swap(looker);
  for (let i = 0; i < 10; i++) await comes(`swapped-${i}`);
  const asked = feed.asked.length;
  await comes("last");
  // Each change is asked for once, but for a poll that a machine has left behind.
  expect(feed.asked.length - asked).toBeLessThanOrEqual(3);
  letGo[0]!();
  expect((await slow).status).toBe(200);
  await gateway.close();
});
