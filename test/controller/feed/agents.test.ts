/** The feed as agents follow it: over the xDS port, with the token of their gateway. */
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { readControllers } from "../../../controller/agent/upstream/controllers.ts";
import { askControllers } from "../../../controller/agent/upstream/feed.ts";
import { followFeed } from "../../../controller/feed/client.ts";
import { GatewayTokens } from "../../../controller/feed/gateway-tokens.ts";
import type { AskFeed } from "../../../controller/feed/serve.ts";
import { FeedTable } from "../../../controller/feed/table.ts";
import { makeCertificate } from "../../../controller/tls/certificate.ts";
import { eventually } from "../../eventually.ts";
import { feedId, sha256Hex } from "../../../host-sim/feed/words.ts";
import { rawOf, startAccess, type AccessGateway } from "../access/fixture.ts";
import { restApi } from "../fixtures/gateway.ts";

const token = "token-of-the-first-gateway-0123456789";
const xdsTls = makeCertificate({ commonName: "localhost", names: ["localhost", "127.0.0.1"] });
let controller: AccessGateway;
beforeAll(async () => {
  controller = await startAccess({ gatewayTokens: { first: token }, xdsTls });
  await controller.as("root", "POST", "/rest-apis", restApi("pets", 9));
});
afterAll(() => controller.close());

const closing: (() => void)[] = [];
afterEach(() => closing.splice(0).forEach((close) => close()));

/** A question to the controller, with this token and trusting this authority. */
function asking(sent: string | undefined, authority: string | undefined): AskFeed {
  const { servers, close } = askControllers(
    readControllers({
      urls: `https://localhost:${controller.gateway.ports.xds}`,
      ...(authority !== undefined && { authority }),
      ...(sent !== undefined && { token: async () => sent }),
    }),
  );
  closing.push(close);
  return servers[0]!;
}
const trusted = xdsTls.certificate;
const question = { epoch: 0n, revision: 0n, cursor: 0, waitMs: 0 };

async function time(attempt: () => void): Promise<number> {
  const began = performance.now();
  await eventually(attempt);
  return performance.now() - began;
}

test("an agent with its gateway's token has a new key within 100 ms of the answer, and loses it as fast", async () => {
  const table = new FeedTable();
  const following = followFeed({ table, servers: [asking(token, trusted)] });
  try {
    await eventually(() => expect(table.isWhole).toBe(true));
    const path = "/rest-apis/pets/api-keys";
    const passed: { came: number; left: number }[] = [];
    for (let round = 0; round < 5; round++) {
      const made = await controller.as("ann", "POST", path, { name: "new" });
      const id = feedId("key", "RestApi/pets", sha256Hex(rawOf(made)));
      const came = await time(() => expect(table.get(id)).not.toBe(null));
      await controller.as("ann", "DELETE", `${path}/new`);
      passed.push({ came, left: await time(() => expect(table.get(id)).toBe(null)) });
    }
    // The best of some rounds: a busy machine may delay any one of them.
    expect(Math.min(...passed.map(({ came }) => came))).toBeLessThan(100);
    expect(Math.min(...passed.map(({ left }) => left))).toBeLessThan(100);
  } finally {
    await following.close();
  }
});

test.each([
  [undefined, "a gateway's token is needed"],
  ["another-token-that-nobody-gave-out-1234", "the token is not good"],
  [`${token}x`, "the token is not good"],
  [token.slice(0, -1), "the token is not good"],
])("the token %s is refused", async (wrong, words) => {
  await expect(asking(wrong, trusted)(question)).rejects.toThrow(words);
});

test("a controller whose certificate is unknown is not asked", async () => {
  await expect(asking(token, undefined)(question)).rejects.toThrow(/certificate/i);
});

test("a token that was taken back is refused, also for an answer that is held", async () => {
  const { tokens, feeder } = controller.gateway.access;
  const ask = asking(token, trusted);
  const { epoch, revision } = feeder.table;
  const held = ask({ epoch, revision: BigInt(revision), cursor: 65_536, waitMs: 10_000 });
  const refused = expect(held).rejects.toThrow("the token is not good");
  await eventually(() => expect(feeder.table.waiters).toBe(1));
  tokens.set({ second: "token-of-the-second-gateway-0123456789" });
  feeder.table.put(feedId("key", "pets", "another"), Buffer.from("x"));
  await refused;
  await expect(ask(question)).rejects.toThrow("the token is not good");
  tokens.set({ first: token });
});

test("a token too short to be one is refused by its gateway's name", () => {
  expect(() => new GatewayTokens({ first: "short" })).toThrow(
    "gatewayTokens.first: expected 32 characters or more, found 5",
  );
});
