/** The examples on the page of kinds are taken as they stand. */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { packageRoot } from "../../cli/package-root.ts";
import { makeCertificate } from "../../controller/tls/certificate.ts";
import { ap, ownHome } from "../cli/ap.ts";
import { startTestGateway, type TestGateway } from "../controller/fixtures/gateway.ts";

let gateway: TestGateway;
let home: Awaited<ReturnType<typeof ownHome>>;

beforeAll(async () => {
  [gateway, home] = await Promise.all([startTestGateway({ envoy: "none" }), ownHome()]);
  const server = `http://127.0.0.1:${gateway.gateway.ports.management}`;
  const added = await ap("gateway", "add", "--display-name", "test", "--server", server);
  expect(added.code).toBe(0);
});
afterAll(async () => {
  await gateway.close();
  await home.restore();
});

test("all of them, applied together", async () => {
  const page = await readFile(join(packageRoot, "docs/reference/kinds.md"), "utf8");
  const { certificate } = makeCertificate({ commonName: "corp-ca", authority: true });
  const examples = [...page.matchAll(/^```yaml\n([^]*?)^```$/gm)].map(([, text]) =>
    // The one thing that a page cannot show as it is.
    text!.replace(/-----BEGIN CERTIFICATE-----…/, JSON.stringify(certificate)),
  );
  const file = join(home.folder, "examples.yaml");
  await writeFile(file, examples.join("---\n"));
  const applied = await ap("apply", "-f", file, "-o", "json");
  expect(applied.err).toBe("");
  expect(JSON.parse(applied.out)).toHaveLength(examples.length);
});
