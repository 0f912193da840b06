/** What a client may take of a gateway's time and streams, and who it is taken for, in a real Envoy. */
import { connect as connectHttp2 } from "node:http2";
import { afterAll, beforeAll, describe, test } from "vitest";
import { startUpstream, type UpstreamServer } from "../../runners/upstream.ts";
import { restApi, startTestGateway, type TestGateway } from "../fixtures/gateway.ts";
import { untilClosed } from "../fixtures/raw.ts";

let t: TestGateway;
let stuck: UpstreamServer;

beforeAll(async () => {
  // A client has the idle time for its first byte, too, and this process may be held up.
  const limits = { requestTimeoutMs: 500, idleTimeoutMs: 3_000, trustedProxies: 1 };
  t = await startTestGateway({ limits });
  stuck = await startUpstream(() => ({ body: oneThenNothing() }));
  const operations = ["GET", "POST"].map((method) => ({ method, path: "/*" }));
  await t.manage("POST", "/rest-apis?wait=10s", restApi("a", t.upstream.port, { operations }));
  // Long enough for an upstream on a busy machine to begin.
  const resilience = { idleTimeout: "5s" };
  const api = restApi("stuck", stuck.port, { resilience });
  await t.manage("POST", "/rest-apis?wait=10s", api);
});
afterAll(async () => {
  await t?.close();
  await stuck?.close();
});

/** A first piece, and never another one. */
async function* oneThenNothing(): AsyncGenerator<string> {
  yield "first";
  await new Promise(() => {});
}

const said = async (bytes: string) => (await untilClosed(t.gateway.ports.http!, bytes)).text;

/** The paths that the upstream saw. */
const seen = () => t.upstream.seen.map(({ path }) => path);

// By themselves they wait, the second one for as long as Envoy lets a connection drain.
describe.concurrent("a client", () => {
  test("a body that comes too slowly is answered 408, and reaches no upstream", async ({
    expect,
  }) => {
    const text = await said("POST /a/slow HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\na");
    expect(text).toMatch(/^HTTP\/1\.1 408 /);
    expect(text.endsWith('{"error":"Request Timeout"}')).toBe(true);
    expect(seen()).not.toContain("/slow");
  });

  test("a connection that nobody uses is closed after its answer", async ({ expect }) => {
    expect(await said("GET /a/x HTTP/1.1\r\nHost: a\r\n\r\n")).toMatch(/^HTTP\/1\.1 200 /);
  });

  test("an answer that goes on no more is cut off after its API's idle time", async ({
    expect,
  }) => {
    const text = await said("GET /stuck/x HTTP/1.1\r\nHost: a\r\n\r\n");
    expect(text).toMatch(/^HTTP\/1\.1 200 /);
    expect(text).toContain("first");
    // The end of the last chunk never came.
    expect(text).not.toContain("\r\n0\r\n");
  });

  test("of x-forwarded-for as many hops are believed as there are proxies in front", async ({
    expect,
  }) => {
    await t.request({
      path: "/a/client",
      headers: { "x-forwarded-for": "198.51.100.6, 192.0.2.9" },
    });
    const headers = new Map(t.upstream.seen[seen().indexOf("/client")]!.headers);
    expect(headers.get("x-envoy-external-address")).toBe("192.0.2.9");
    // Behind them stands who brought them.
    expect(headers.get("x-forwarded-for")).toMatch(/^198\.51\.100\.6, 192\.0\.2\.9,[\d. ]+$/);
  });

  test("an HTTP/2 client is told that it may open 100 streams", async ({ expect }) => {
    const session = connectHttp2(`http://127.0.0.1:${t.gateway.ports.http}`);
    const settings = await new Promise<{ maxConcurrentStreams?: number }>((resolve, reject) =>
      session.once("remoteSettings", resolve).once("error", reject),
    );
    session.destroy();
    expect(settings.maxConcurrentStreams).toBe(100);
  });
});
