/** Every page is done as it stands: in an empty folder, with the packed package, against a real Envoy. */
import { afterAll, beforeAll, describe, test } from "vitest";
import { startEcho, type Echo } from "../../cli/run/echo.ts";
import { startMcpServer, type McpServer } from "../cli/mcp/server.ts";
import { startPostgres, type TestPostgres } from "../controller/fixtures/postgres.ts";
import { alone, first, inTheFirst, withTheirOwn } from "./pages/index.ts";
import { install, type Installation } from "./pages/installation.ts";
import { close, follow, type Visit } from "./pages/page.ts";
import { pagePorts, type Ports } from "./pages/ports.ts";

/** Where pages say that the reader's own service listens: here, one that answers with what it got. */
const service = 3000;
const other = 3001;
/** Of a second controller on the same machine. */
const second = [9102, 9190, 9192, 9194, 18100];

let installation: Installation;
let postgres: TestPostgres;
let mcp: McpServer;
let ports: Ports;
let echo: Echo;

beforeAll(async () => {
  [installation, postgres] = await Promise.all([install(), startPostgres()]);
  mcp = await startMcpServer({
    answers: "events",
    offers: { tools: [{ name: "forecast", inputSchema: { type: "object" } }] },
  });
  ports = await pagePorts([service, other, ...second], {
    3002: Number(new URL(mcp.url).port),
    5432: postgres.port,
  });
  echo = await startEcho(ports.bound(service));
}, 300_000);
afterAll(async () => {
  await echo?.close();
  await mcp?.close();
  await postgres?.stop();
  await installation?.remove();
});

const limitMs = 300_000;

const visit = async (page: string): Promise<void> => close(await follow(page, installation, ports));

describe("without a gateway", () => {
  test.each(alone)("%s", visit, limitMs);
});

describe("in the gateway that the first page starts", () => {
  let gateway: Visit;
  beforeAll(async () => {
    gateway = await follow(first, installation, ports);
  }, limitMs);
  afterAll(() => close(gateway));

  test.each(inTheFirst)("%s", visit, limitMs);
});

describe("with a gateway of its own", () => {
  test.each(withTheirOwn)("%s", visit, limitMs);
});
