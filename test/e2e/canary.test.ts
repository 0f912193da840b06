/** A new module on some of three gateways, each a real Envoy with an agent: a bad one is taken back, a good one stays. */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { build } from "../../cli/build/index.ts";
import { ap, ownHome } from "../cli/ap.ts";
import { restApi, startTestGateway, type TestGateway } from "../controller/fixtures/gateway.ts";
import { send } from "../runners/client.ts";
import { startTestAgent, type TestAgent } from "./fleet.ts";

let home: Awaited<ReturnType<typeof ownHome>>;
let folder: string;
let controller: TestGateway;
let edges: TestAgent[];
const ending: (() => unknown)[] = [];

/** A policy that says which one it is, and what else its handler does. */
async function policy(version: string, does = ""): Promise<string> {
  const at = join(folder, version, "marker");
  await mkdir(at, { recursive: true });
  await writeFile(
    join(at, "policy.yaml"),
    "name: marker\nversion: 1.0.0\ndescription: Marks.\nparameters:\n  type: object\n  properties: {}\n",
  );
  await writeFile(
    join(at, "policy.ts"),
    `import { Policy, Request, Response, Verdict } from "sluice/sdk";
import { Params } from "./params";
export class Marker extends Policy<Params> {
  onRequestHeaders(request: Request): Verdict {
    ${does}
    return Verdict.Continue;
  }
  onResponseHeaders(response: Response): Verdict {
    response.headers.set("x-marker", "${version}");
    return Verdict.Continue;
  }
}
`,
  );
  return at;
}

const marks = async (): Promise<(string | undefined)[]> =>
  Promise.all(edges.map(({ httpPort }) => markOf(httpPort)));

const markOf = async (port: number): Promise<string | undefined> => {
  const { headers } = await send(port, { path: "/marked/x" });
  return headers.find(([name]) => name === "x-marker")?.[1];
};

/** Requests to every gateway until `work` ended. */
async function under<T>(path: string, work: Promise<T>): Promise<T> {
  let ended = false;
  const stop = () => void (ended = true);
  work.then(stop, stop);
  while (!ended) await Promise.all(edges.map(({ httpPort }) => send(httpPort, { path })));
  return work;
}

beforeAll(async () => {
  home = await ownHome();
  folder = await mkdtemp(join(tmpdir(), "sluice-canary-"));
  const { wasm } = await build([await policy("old")]);
  controller = await startTestGateway({ envoy: "none", module: wasm });
  const { management, xds } = controller.gateway.ports;
  await ap("gateway", "add", "-n", "dev", "-s", `http://127.0.0.1:${management}`);
  await controller.manage(
    "POST",
    "/rest-apis",
    restApi("marked", controller.upstream.port, { policies: [{ name: "marker", version: "v1" }] }),
  );
  edges = await Promise.all(
    ["edge-1", "edge-2", "edge-3"].map((nodeId) =>
      startTestAgent({
        ...{ nodeId, urls: `http://127.0.0.1:${xds}` },
        stateFolder: join(folder, nodeId),
      }),
    ),
  );
  for (const { agent } of edges) ending.push(() => agent.stop());
});
afterAll(async () => {
  for (const end of ending) await end();
  await controller.close();
  await home.restore();
  await rm(folder, { recursive: true, force: true });
});

const publish = (from: string, share: string, duration: string) =>
  ap("policy", "publish", from, "--canary", share, "--for", duration, "-o", "json");

test("a module whose policy faults is taken back from the gateway that tried it", async () => {
  const bad = await policy("bad", 'if (request.path.endsWith("x")) throw new Error("bad");');
  const { code, out, err } = await under("/marked/x", publish(bad, "10%", "60s"));
  expect(err).toBe("");
  expect(code).toBe(1);
  const done = JSON.parse(out);
  expect(done).toMatchObject({ state: "taken back", usual: { faults: 0, failures: 0 } });
  expect(done.reason).toMatch(/faults of policies/);
  expect(done.gateways).toHaveLength(1);
  expect(done.others).toHaveLength(2);
  expect(done.canary.faults).toBeGreaterThan(0);
  expect(await marks()).toEqual(["old", "old", "old"]);
});

test("one that answers 5xx is taken back, and so is one that nobody asked anything", async () => {
  const refusing = await policy("refusing", "return request.deny(503, 'closed');");
  const { code, out } = await under("/marked/x", publish(refusing, "50%", "60s"));
  expect(code).toBe(1);
  expect(JSON.parse(out).reason).toMatch(/answers of 500 and above/);
  const quiet = await publish(await policy("quiet"), "10%", "1s");
  expect(quiet.code).toBe(1);
  expect(JSON.parse(quiet.out).reason).toContain("no request came");
  expect(await marks()).toEqual(["old", "old", "old"]);
});

test("a good one is on the share of the gateways first, and then on all of them", async () => {
  const seen = new Set<string>();
  const done = publish(await policy("good"), "67%", "2s");
  let ended = false;
  const stop = () => void (ended = true);
  done.then(stop, stop);
  while (!ended) seen.add((await marks()).join(" "));
  const { code, out } = await done;
  expect(JSON.parse(out)).toMatchObject({ state: "promoted" });
  expect(code).toBe(0);
  expect(JSON.parse(out).gateways).toHaveLength(2);
  expect(await marks()).toEqual(["good", "good", "good"]);
  const some = [...seen].filter((line) => line.includes("old") && line.includes("good"));
  expect(some.some((line) => line.match(/good/g)!.length === 2)).toBe(true);
});
