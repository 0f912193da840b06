import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { build } from "../../cli/build/index.ts";
import { simulate } from "../../host-sim/index.ts";
import { envoyRunner } from "../runners/envoy.ts";
import type { SentRequest } from "../runners/client.ts";

/** What both hosts show of an answer. */
interface Shown {
  status: number;
  headers: [string, string][];
  text: string;
  upstream: { path: string; headers: [string, string][] } | null;
}

type Request = Omit<SentRequest, "headers" | "trailers"> & { headers?: Record<string, string> };

interface Open {
  request(request: Request): Promise<Shown>;
  close(): Promise<void>;
}

const envoy = envoyRunner();
const modules = new Map<string, Uint8Array>();

beforeAll(async () => {
  for (const folder of ["policies/set-headers", "test/faults/faulty"])
    modules.set(folder, (await build([folder])).wasm);
});
afterAll(() => envoy.close());

const hosts = [
  {
    name: "simulator",
    open: (folder: string, configuration: object): Promise<Open> =>
      simulate({ module: modules.get(folder)!, configuration, clusters: { slow: {} } }),
  },
  {
    name: "envoy",
    open: (folder: string, configuration: object): Promise<Open> =>
      envoy.load({ module: modules.get(folder)!, configuration, clusters: { slow: {} } }),
  },
];

const valuesOf = (headers: [string, string][] | undefined, name: string): string[] =>
  (headers ?? []).filter(([key]) => key === name).map((pair) => pair[1]);

const list = [
  { name: "X-Set", value: "new" },
  { name: "x-add", value: "more", mode: "append" },
  { name: "x-add", value: "most", mode: "append" },
];

describe.each(hosts)("in the $name", ({ open }) => {
  test("headers are set and appended on the way in", async () => {
    const gateway = await open("policies/set-headers", { request: { headers: list } });
    const answer = await gateway.request({
      path: "/",
      headers: { "x-set": "old", "x-add": "one" },
    });
    expect(valuesOf(answer.upstream?.headers, "x-set")).toEqual(["new"]);
    expect(valuesOf(answer.upstream?.headers, "x-add")).toEqual(["one", "more", "most"]);
    await gateway.close();
  });

  test("headers are set and appended on the way out", async () => {
    const gateway = await open("policies/set-headers", { response: { headers: list } });
    const answer = await gateway.request({ path: "/" });
    expect(valuesOf(answer.headers, "x-set")).toEqual(["new"]);
    expect(valuesOf(answer.headers, "x-add")).toEqual(["more", "most"]);
    await gateway.close();
  });

  test.each([
    "loop",
    "recursion",
    "allocation",
    "assertion",
    "throw",
    "bounds",
    "division",
    "keep",
    "pause",
  ])("a policy's fault costs its own request a 500: %s", async (fault) => {
    const gateway = await open("test/faults/faulty", {});
    const answer = await gateway.request({ path: "/", headers: { "x-fault": fault } });
    expect(answer.status).toBe(500);
    expect(answer.upstream).toBeNull();
    const [id] = valuesOf(answer.headers, "x-error-id");
    expect(JSON.parse(answer.text)).toEqual({ error: "Internal Server Error", error_id: id });
    expect((await gateway.request({ path: "/" })).status).toBe(200);
    await gateway.close();
  });

  test("a request waits for a call and gets its answer", async () => {
    const gateway = await open("test/faults/faulty", {});
    const answer = await gateway.request({ path: "/", headers: { "x-fault": "call" } });
    expect(answer.text).toBe("answered 200");
    await gateway.close();
  });

  test.each([
    ["/%7Euser/./a//b/../c?x=%20", "/~user/a/c?x=%20"],
    ["/a|b^c", "/a%7Cb%5Ec"],
    ["/..", "/"],
    ["/a%2e%2e/b?../c", "/a../b?../c"],
    ["/\\a\\b", "/a/b"],
    ["/%e9%FF", "/%e9%FF"],
  ])("the upstream sees the path %s as %s", async (sent, seen) => {
    const gateway = await open("policies/set-headers", { request: { headers: list } });
    expect((await gateway.request({ path: sent })).upstream?.path).toBe(seen);
    await gateway.close();
  });

  test.each(["/a%2Fb", "/a#b"])("the path %s is refused", async (path) => {
    const gateway = await open("policies/set-headers", { request: { headers: list } });
    const { status, text, upstream } = await gateway.request({ path });
    expect({ status, text, upstream }).toEqual({ status: 400, text: "", upstream: null });
    await gateway.close();
  });
});
