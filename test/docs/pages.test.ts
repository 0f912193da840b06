/** Every page is done as it stands: in an empty folder, with the packed package, against a real Envoy. */
import { afterAll, beforeAll, describe, test } from "vitest";
import { startEcho, type Echo } from "../../cli/run/echo.ts";
import { install, type Installation } from "./pages/installation.ts";
import { close, follow, type Visit } from "./pages/page.ts";
import { freePorts, type Ports } from "./pages/ports.ts";

/** Where pages say that the reader's own service listens: here, one that answers with what it got. */
const service = 3000;
const other = 3001;

let installation: Installation;
let ports: Ports;
let echo: Echo;

beforeAll(async () => {
  [installation, ports] = await Promise.all([install(), freePorts([service, other])]);
  echo = await startEcho(ports.bound(service));
}, 300_000);
afterAll(async () => {
  await echo?.close();
  await installation?.remove();
});

const limitMs = 120_000;

const visit = async (page: string): Promise<void> => close(await follow(page, installation, ports));

describe("without a gateway", () => {
  test.each([
    "docs/tutorial/first-policy.md",
    "docs/how-to/test-with-cases.md",
    "docs/how-to/write-a-policy-that-asks.md",
    "docs/how-to/upgrade.md",
  ])("%s", visit, limitMs);
});

describe("in the gateway that the first page starts", () => {
  let gateway: Visit;
  beforeAll(async () => {
    gateway = await follow("docs/how-to/run-a-gateway.md", installation, ports);
  }, limitMs);
  afterAll(() => close(gateway));

  test.each([
    "docs/how-to/secure-with-keys.md",
    "docs/how-to/limit-rates.md",
    "docs/how-to/use-secrets.md",
    "docs/how-to/debug-a-request.md",
    "docs/how-to/publish-a-policy.md",
  ])("%s", visit, limitMs);
});

/** After the first gateway has ended: on the same ports. */
describe("with a gateway of its own", () => {
  test.each([
    "docs/how-to/secure-with-jwt.md",
    "docs/how-to/use-the-short-form.md",
    "docs/how-to/tls.md",
    "docs/how-to/run-a-fleet.md",
    "docs/how-to/follow-a-folder.md",
    "docs/how-to/observe.md",
    "docs/how-to/move-from-wso2.md",
  ])("%s", visit, limitMs);
});
