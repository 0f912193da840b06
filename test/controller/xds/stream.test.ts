import { expect, test } from "vitest";
import { ResourceCache } from "../../../controller/xds/cache.ts";
import { kinds, type Kind } from "../../../controller/xds/kinds.ts";
import { loadProtos, typeUrlPrefix, type JsonObject } from "../../../controller/xds/protos.ts";
import { DeltaStream } from "../../../controller/xds/stream.ts";
import type { DeltaRequest, DeltaResponse } from "../../../controller/xds/wire.ts";

const protos = loadProtos();

/** A stream with a client that answers only when it is told to, and a clock that stands still. */
function start() {
  const cache = new ResourceCache(protos);
  const sent: DeltaResponse[] = [];
  let now = 0;
  let timer: (() => void) | null = null;
  const stream = new DeltaStream(cache, {
    send: (response) => sent.push(response),
    now: () => now,
    later: (run) => {
      timer = run;
      return () => (timer = null);
    },
    patienceMs: 1_000,
  });
  cache.watch((changed) => stream.changed(changed));
  const request = (kind: Kind, rest: Partial<DeltaRequest>) =>
    stream.receive({
      typeUrl: typeUrlPrefix + kinds.find(({ name }) => name === kind)!.message,
      resourceNamesSubscribe: [],
      resourceNamesUnsubscribe: [],
      initialResourceVersions: {},
      responseNonce: "",
      ...rest,
    });
  return {
    cache,
    stream,
    /** What was sent since the last look: kind, names with + or -. */
    look: () =>
      sent
        .splice(0)
        .map(({ kind, resources, removed }) =>
          [
            kind,
            ...resources.map(({ name }) => `+${name}`),
            ...removed.map((name) => `-${name}`),
          ].join(" "),
        ),
    last: () => sent.at(-1)!,
    subscribe: (kind: Kind, ...names: string[]) => request(kind, { resourceNamesSubscribe: names }),
    unsubscribe: (kind: Kind, ...names: string[]) =>
      request(kind, { resourceNamesUnsubscribe: names }),
    resume: (kind: Kind, versions: Record<string, string>) =>
      request(kind, { initialResourceVersions: versions }),
    ack: (kind: Kind, nonce: string) => request(kind, { responseNonce: nonce }),
    nack: (kind: Kind, nonce: string, message: string) =>
      request(kind, { responseNonce: nonce, errorDetail: { message } }),
    pass: (ms: number) => {
      now += ms;
      timer?.();
    },
  };
}

const cluster = (name: string, connectTimeout = "1s"): JsonObject => ({
  name,
  connect_timeout: connectTimeout,
});
const add = (kind: Kind, name: string, body: JsonObject = { name }) => ({ kind, name, body });
const gone = (kind: Kind, name: string) => ({ kind, name, body: null });

test("who asks for everything is answered, even if that is nothing", () => {
  const t = start();
  t.subscribe("cluster");
  expect(t.look()).toEqual(["cluster"]);
});

test("who asks for a name that there is not is told so once", () => {
  const t = start();
  t.subscribe("route", "r");
  expect(t.look()).toEqual(["route -r"]);
  t.ack("route", "1");
  expect(t.look()).toEqual([]);
});

/** A mebibyte each, and no two the same. */
const long = (i: number): string => `${i}`.padEnd(1_048_576, "x");

test("names without end are too many, whether they come in one request or in several", () => {
  const t = start();
  const some = Array.from({ length: 65 }, (_, i) => long(i));
  expect(some.findIndex((name) => !t.subscribe("route", name))).toBe(64);
  expect(start().subscribe("route", ...some)).toBe(false);
  expect(start().resume("route", Object.fromEntries(some.map((name) => [name, "1"])))).toBe(false);
});

test("names that were given back count no more", () => {
  const t = start();
  for (let i = 0; i < 200; i++) {
    expect(t.subscribe("route", long(i))).toBe(true);
    t.unsubscribe("route", long(i));
  }
});

test("a route waits for its cluster, and a cluster goes after its route", () => {
  const t = start();
  t.subscribe("cluster");
  t.ack("cluster", "1");
  t.subscribe("route", "r");
  t.ack("route", "2");
  t.look();
  t.cache.apply([add("route", "r"), add("cluster", "c", cluster("c"))]);
  expect(t.look()).toEqual(["cluster +c"]);
  t.ack("cluster", "3");
  expect(t.look()).toEqual(["route +r"]);
  t.ack("route", "4");
  t.cache.apply([gone("cluster", "c"), gone("route", "r")]);
  expect(t.look()).toEqual(["route -r"]);
  t.ack("route", "5");
  expect(t.look()).toEqual(["cluster -c"]);
});

test("a cluster that never warms holds up nobody for longer than the patience", () => {
  const t = start();
  t.subscribe("cluster");
  t.ack("cluster", "1");
  t.subscribe("route", "r");
  t.ack("route", "2");
  t.look();
  t.cache.apply([add("cluster", "c", cluster("c")), add("route", "r")]);
  expect(t.look()).toEqual(["cluster +c"]);
  t.pass(999);
  expect(t.look()).toEqual([]);
  t.pass(1);
  expect(t.look()).toEqual(["route +r"]);
});

test("changes that come while an answer is awaited are sent as one", () => {
  const t = start();
  t.subscribe("cluster");
  t.ack("cluster", "1");
  t.look();
  t.cache.apply([add("cluster", "c", cluster("c"))]);
  for (const time of ["2s", "3s", "4s"]) t.cache.apply([add("cluster", "c", cluster("c", time))]);
  expect(t.look()).toEqual(["cluster +c"]);
  t.ack("cluster", "2");
  expect(t.last().resources[0]!.resource.version).toBe(t.cache.get("cluster", "c")!.version);
  expect(t.look()).toEqual(["cluster +c"]);
  t.ack("cluster", "3");
  expect(t.look()).toEqual([]);
  expect(t.stream.held("cluster", "c")).toBe(t.cache.get("cluster", "c")!.version);
});

test("of a refused response each part is sent alone, and only the bad one stays behind until it changes", () => {
  const t = start();
  t.cache.apply([add("cluster", "bad", cluster("bad")), add("cluster", "good", cluster("good"))]);
  t.subscribe("cluster");
  expect(t.look()).toEqual(["cluster +bad +good"]);
  t.nack("cluster", "1", "no");
  expect(t.look()).toEqual(["cluster +bad", "cluster +good"]);
  t.nack("cluster", "2", "no, because");
  t.ack("cluster", "3");
  expect(t.look()).toEqual([]);
  expect(t.stream.rejections()).toMatchObject([{ name: "bad", message: "no, because" }]);
  expect(t.stream.held("cluster", "good")).toBeDefined();
  t.cache.apply([add("cluster", "bad", cluster("bad", "2s"))]);
  expect(t.look()).toEqual(["cluster +bad"]);
  expect(t.stream.rejections()).toEqual([]);
});

test("modules are sent one by one", () => {
  const t = start();
  t.cache.apply([add("extension", "a"), add("extension", "b")]);
  t.subscribe("extension", "a", "b");
  expect(t.look()).toEqual(["extension +a"]);
  t.ack("extension", "1");
  expect(t.look()).toEqual(["extension +b"]);
});

test("an Envoy that comes back gets only what differs from what it has", () => {
  const t = start();
  t.cache.apply([add("cluster", "same", cluster("same")), add("cluster", "new", cluster("new"))]);
  const same = t.cache.get("cluster", "same")!.version;
  t.resume("cluster", { same, new: "older", removed: "any" });
  expect(t.look()).toEqual(["cluster +new"]);
  t.ack("cluster", "1");
  expect(t.look()).toEqual(["cluster -removed"]);
});
