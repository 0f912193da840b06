/** What comes at the same time: one succeeds, the others hear why not, and gateways have what the store has. */
import { describe, expect, test } from "vitest";
import { restApi, type Managed } from "../fixtures/gateway.ts";
import { onBothStores, startAccess } from "./fixture.ts";

const atOnce = 8;
const statuses = (answers: Managed[]): number[] =>
  answers.map(({ status }) => status).sort((a, b) => a - b);
const oneOf = (rest: number): number[] => [201, ...Array<number>(atOnce - 1).fill(rest)];
const external = "external-key-that-many-want-at-once-0123456789";

/** A path, and bodies of which only one can be created; without a function all are the same. */
const creations: [what: string, path: string, body: (i: number) => object][] = [
  ["consumers", "/consumers", () => ({ kind: "Consumer", metadata: { name: "c" }, spec: {} })],
  [
    "consumers with one credential",
    "/consumers",
    (i) => ({
      ...{ kind: "Consumer", metadata: { name: `has-${i}` } },
      spec: { credentials: [{ type: "jwt", issuer: "i", subject: "s" }] },
    }),
  ],
  [
    "secrets",
    "/secrets",
    (i) => ({
      ...{ kind: "Secret", metadata: { name: "s" } },
      spec: { displayName: "S", value: `value-${i}` },
    }),
  ],
  ["plans", "/subscription-plans", () => ({ planName: "Gold" })],
  ["keys by name", "/rest-apis/pets/api-keys", () => ({ name: "wanted" })],
  [
    "keys by value",
    "/rest-apis/pets/api-keys",
    (i) => ({ name: `brought-${i}`, apiKey: external }),
  ],
  [
    "subscriptions by token",
    "/subscriptions",
    () => ({ apiId: "pets", subscriptionToken: "a-token-of-one" }),
  ],
  [
    "subscriptions by application",
    "/subscriptions",
    (i) => ({ apiId: "pets", subscriptionToken: `a-token-${i}`, applicationId: "app" }),
  ],
];

describe("at the same time", () => {
  onBothStores((gateway, place) => {
    const ask = (method: string, path: string, body?: unknown, user = "root") =>
      gateway().as(user, method, path, body);
    const all = (work: (i: number) => Promise<Managed>) =>
      Promise.all(Array.from({ length: atOnce }, (_, i) => work(i)));
    /** What a new reading of the store would change in the feed. */
    const differences = async () => {
      const { feeder } = gateway().gateway.access;
      const before = feeder.table.revision;
      await feeder.reload();
      return feeder.table.revision - before;
    };

    test.each(creations)("of %s one is made, and the others clash", async (_, path, body) => {
      const answers = await all((i) => ask("POST", path, body(i)));
      expect(statuses(answers)).toEqual(oneOf(409));
      for (const { status, body } of answers)
        if (status === 409) expect(body.errors).toHaveLength(1);
      expect(await differences()).toBe(0);
    });

    test("of two controllers one makes it", async () => {
      const other = await startAccess(place());
      try {
        const body = { planName: "Platinum" };
        const answers = await all((i) =>
          (i % 2 ? gateway() : other).as("root", "POST", "/subscription-plans", body),
        );
        expect(statuses(answers)).toEqual(oneOf(409));
      } finally {
        await other.close();
      }
    });

    test("nobody gets more keys than the quota", async () => {
      await ask("POST", "/rest-apis", restApi("quota", 9));
      const path = "/rest-apis/quota/api-keys";
      const answers = await Promise.all(
        Array.from({ length: 15 }, () => ask("POST", path, {}, "ann")),
      );
      expect(statuses(answers).filter((status) => status === 201)).toHaveLength(10);
      const { body } = await ask("GET", path, undefined, "ann");
      expect(body["totalCount"]).toBe(10);
    });

    test("regenerating and revoking leave no key to gateways that the store has not", async () => {
      const path = "/rest-apis/pets/api-keys";
      for (const round of [1, 2, 3]) {
        const name = `turned-${round}`;
        await ask("POST", path, { name });
        await all((i) =>
          i === round
            ? ask("DELETE", `${path}/${name}`)
            : ask("POST", `${path}/${name}/regenerate`),
        );
        expect(await differences()).toBe(0);
      }
    });

    test("a change that finds its document deleted does not bring it back", async () => {
      const spec = { displayName: "S", value: "v" };
      const document = { kind: "Secret", metadata: { name: "brief" }, spec };
      for (let round = 0; round < 3; round++) {
        await ask("POST", "/secrets", document);
        const [put, removed] = await Promise.all([
          ask("PUT", "/secrets/brief", document),
          ask("DELETE", "/secrets/brief"),
        ]);
        expect([200, 404]).toContain(put.status);
        expect([200, 404]).toContain(removed.status);
        expect((await ask("GET", "/secrets/brief")).status).toBe(404);
      }
    });
  });
});
