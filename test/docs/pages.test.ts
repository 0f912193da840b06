/** Every page is done as it stands: in an empty folder, with the packed package, against a real Envoy. */
import { afterAll, beforeAll, describe, test } from "vitest";
import { startEcho, type Echo } from "../../cli/run/echo.ts";
import { install, type Installation } from "./pages/installation.ts";
import { close, follow, type Visit } from "./pages/page.ts";
import { freePorts, type Ports } from "./pages/ports.ts";

/** Where pages say that the reader's own service listens: here, one that answers with what it got. */
const service = 3000;

let installation: Installation;
let ports: Ports;
let echo: Echo;

beforeAll(async () => {
  [installation, ports] = await Promise.all([install(), freePorts([service])]);
  echo = await startEcho(ports.bound(service));
}, 300_000);
afterAll(async () => {
  await echo?.close();
  await installation?.remove();
});

const limitMs = 120_000;

describe("in the gateway that the first page starts", () => {
  let gateway: Visit;
  beforeAll(async () => {
    gateway = await follow("docs/how-to/run-a-gateway.md", installation, ports);
  }, limitMs);
  afterAll(() => close(gateway));

  test.each([
    "secure-with-keys",
    "limit-rates",
    "use-secrets",
    "publish-a-policy",
    "write-a-policy-that-asks",
    "test-with-cases",
  ])(
    "docs/how-to/%s.md",
    async (name) => close(await follow(`docs/how-to/${name}.md`, installation, ports)),
    limitMs,
  );
});

/** After the first gateway has ended: on the same ports. */
describe("with a gateway of its own", () => {
  test.each(["secure-with-jwt"])(
    "docs/how-to/%s.md",
    async (name) => close(await follow(`docs/how-to/${name}.md`, installation, ports)),
    limitMs,
  );
});
