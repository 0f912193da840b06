/** Hosts that do not answer a connection, and more than an upstream may have under way. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import { connect, type AddressInfo } from "node:net";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { eventually } from "../../eventually.ts";
import { startUpstream } from "../../runners/upstream.ts";
import { restApi, startTestGateway, type TestGateway } from "../fixtures/gateway.ts";

let t: TestGateway;
const closing: (() => unknown)[] = [];
beforeAll(async () => {
  t = await startTestGateway();
});
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});
afterAll(() => t.close());

/** Its queue is full and nobody takes from it, so that Linux drops what asks for a connection. */
async function silentHost(): Promise<number> {
  const code = `const server = require("node:net").createServer();
    server.listen({ port: 0, host: "127.0.0.1", backlog: 1 }, () => console.log(server.address().port));`;
  const child = spawn(process.execPath, ["-e", code], { stdio: ["ignore", "pipe", "inherit"] });
  closing.push(() => child.kill("SIGKILL"));
  const [said] = (await once(child.stdout, "data")) as [Buffer];
  child.kill("SIGSTOP");
  const port = Number(said.toString());
  for (let i = 0; i < 8; i++) {
    const socket = connect(port, "127.0.0.1").on("error", () => {});
    closing.push(() => socket.destroy());
  }
  return port;
}

interface Definition {
  port: number;
  settings?: object;
  timeout?: object;
}

async function deploy(name: string, { port, ...rest }: Definition, spec: object = {}) {
  const answer = await t.manage(
    "POST",
    "/rest-apis?wait=10s",
    restApi(name, t.upstream.port, {
      upstream: { main: { ref: "d" } },
      upstreamDefinitions: [
        { name: "d", upstreams: [{ url: `http://127.0.0.1:${port}` }], ...rest },
      ],
      ...spec,
    }),
  );
  expect(answer).toMatchObject({ status: 201, body: { status: { problem: null } } });
}

/** Answers nobody until it is told to, but for who asks for `/open`. */
async function holdingHost() {
  const held: ServerResponse[] = [];
  let holds = true;
  const server = createServer({ keepAliveTimeout: 0 }, (incoming, answer) => {
    if (holds && !incoming.url!.endsWith("/open")) held.push(answer);
    else answer.end();
  });
  closing.push(() => server.close().closeAllConnections());
  await once(server.listen(0, "127.0.0.1"), "listening");
  return {
    port: (server.address() as AddressInfo).port,
    hold: () => (holds = true),
    release() {
      holds = false;
      for (const answer of held.splice(0)) answer.end();
    },
  };
}

test("a host that takes no connection is given up after its own time, before the route's", async () => {
  const port = await silentHost();
  const resilience = { timeout: "3s" };
  await deploy("patient", { port, timeout: { connect: "20s" } }, { resilience });
  await deploy("hasty", { port, timeout: { connect: "100ms" } }, { resilience });
  const [patient, hasty] = await Promise.all(
    ["/patient/x", "/hasty/x"].map((path) => t.request(path)),
  );
  expect([patient!.status, hasty!.status]).toEqual([504, 503]);
});

test("of requests that wait for a connection no more are kept than may wait", async () => {
  const host = await holdingHost();
  const of = (settings: object) => ({ port: host.port, settings: { circuitBreakers: settings } });
  await deploy("queued", of({ maxConnections: 1 }));
  await deploy("full", of({ maxConnections: 1, maxPendingRequests: 1 }));
  /** Four at a time on a connection that is open; who is refused is answered while the others wait. */
  const statusesOf = async (path: string, refused: number): Promise<number[]> => {
    host.hold();
    expect((await t.request(`${path}/open`)).status).toBe(200);
    const statuses: number[] = [];
    const asked = Array.from({ length: 4 }, async () =>
      statuses.push((await t.request(`${path}/x`)).status),
    );
    await eventually(() => expect(statuses).toHaveLength(refused));
    host.release();
    await Promise.all(asked);
    return statuses;
  };
  expect(await statusesOf("/queued", 0)).toEqual([200, 200, 200, 200]);
  expect(await statusesOf("/full", 2)).toEqual([503, 503, 200, 200]);
});

test("an upstream that may not be asked again is not", async () => {
  const failing = await startUpstream({ status: 503 });
  closing.push(failing.close);
  const traffic = { retries: { attempts: 2, on: ["5xx"] } };
  await deploy("again", { port: failing.port }, { traffic });
  await deploy(
    "once",
    { port: failing.port, settings: { circuitBreakers: { maxRetries: 0 } } },
    { traffic },
  );
  const asked = async (path: string) => {
    const before = failing.seen.length;
    await t.request(path);
    return failing.seen.length - before;
  };
  expect([await asked("/again/x"), await asked("/once/x")]).toEqual([3, 1]);
});
