import { afterAll, beforeAll, expect, test } from "vitest";
import { followFeed } from "../../../controller/feed/client.ts";
import { askOverHttp } from "../../../controller/feed/http.ts";
import { GatewayTokens } from "../../../controller/feed/gateway-tokens.ts";
import { openSyncPort } from "../../../controller/feed/port.ts";
import { FeedTable } from "../../../controller/feed/table.ts";
import { makeCertificate } from "../../../controller/tls/certificate.ts";
import { until } from "../../../controller/until.ts";
import { feedId, sha256Hex } from "../../../host-sim/feed.ts";
import { rawOf, startAccess, type AccessGateway } from "../access/fixture.ts";
import { restApi } from "../fixtures/gateway.ts";

const token = "token-of-the-first-gateway-0123456789";
const syncTls = makeCertificate({ commonName: "localhost", names: ["localhost", "127.0.0.1"] });
let controller: AccessGateway;
beforeAll(async () => {
  controller = await startAccess({ gatewayTokens: { first: token }, syncTls });
  await controller.as("root", "POST", "/rest-apis", restApi("pets", 9));
});
afterAll(() => controller.close());

const url = () => `https://localhost:${controller.gateway.ports.sync}/sync/feed`;
const question = { epoch: 0n, revision: 0n, cursor: 0, waitMs: 0 };
const ca = syncTls.certificate;

test("an agent with its gateway's token has a new key within 100 ms of the answer, and loses it as fast", async () => {
  const table = new FeedTable();
  const following = followFeed({ table, servers: [askOverHttp({ url: url(), token, ca })] });
  try {
    await until(() => expect(table.isWhole).toBe(true), 2_000);
    const made = await controller.as("ann", "POST", "/rest-apis/pets/api-keys", { name: "new" });
    const answered = performance.now();
    const id = feedId("key", "pets", sha256Hex(rawOf(made)));
    await until(() => expect(table.get(id)).not.toBe(null), 1_000);
    expect(performance.now() - answered).toBeLessThan(100);
    await controller.as("ann", "DELETE", "/rest-apis/pets/api-keys/new");
    const revoked = performance.now();
    await until(() => expect(table.get(id)).toBe(null), 1_000);
    expect(performance.now() - revoked).toBeLessThan(100);
  } finally {
    await following.close();
  }
});

test.each([undefined, "another-token-that-nobody-gave-out-1234", `${token}x`, token.slice(0, -1)])(
  "the token %s is refused with 401",
  async (wrong) => {
    const ask = askOverHttp({ url: url(), ca, ...(wrong !== undefined && { token: wrong }) });
    await expect(ask(question)).rejects.toThrow("status 401");
  },
);

test("a server whose certificate is unknown is not asked", async () => {
  await expect(askOverHttp({ url: url(), token })(question)).rejects.toThrow(/certificate/i);
});

test("a token that was taken back is refused, also for an answer that is held", async () => {
  const { tokens, feeder } = controller.gateway.access;
  const ask = askOverHttp({ url: url(), token, ca });
  const { epoch, revision } = feeder.table;
  const held = ask({ epoch, revision: BigInt(revision), cursor: 65_536, waitMs: 10_000 });
  const refused = expect(held).rejects.toThrow("status 401");
  await until(() => expect(feeder.table.waiters).toBe(1), 2_000);
  tokens.set({ second: "token-of-the-second-gateway-0123456789" });
  feeder.table.put(feedId("key", "pets", "another"), Buffer.from("x"));
  await refused;
  await expect(ask(question)).rejects.toThrow("status 401");
  tokens.set({ first: token });
});

test("only the feed is there, only to be read, and other machines need TLS", async () => {
  const { gateway } = controller;
  const base = `https://localhost:${gateway.ports.sync}`;
  await expect(askOverHttp({ url: `${base}/other`, token, ca })(question)).rejects.toThrow("404");
  const open = { table: new FeedTable(), tokens: new GatewayTokens(), port: 0 };
  await expect(openSyncPort({ ...open, host: "0.0.0.0" })).rejects.toThrow("needs syncTls");
  expect(() => new GatewayTokens({ first: "short" })).toThrow(
    "gatewayTokens.first: expected 32 characters or more, found 5",
  );
});
