import { describe, expect, test } from "vitest";
import { eventually } from "../../eventually.ts";
import { sha256Hex } from "../../../host-sim/feed/words.ts";
import type { ApiKey } from "../../../controller/store/access/keys.ts";
import { restApi } from "../fixtures/gateway.ts";
import { keyFed, onBothStores, rawOf, startAccess } from "./fixture.ts";

const base = "/rest-apis/pets/api-keys";
const external = "external-key-of-somebody-else-0123456789";

describe("API keys", () => {
  onBothStores((gateway, place) => {
    const make = async (user: string, body?: object, path = base) => {
      const { status, body: answer } = await gateway().as(user, "POST", path, body);
      expect([status, answer]).toEqual([201, expect.anything()]);
      return answer as unknown as {
        remainingApiKeyQuota: number;
        apiKey: { name: string; apiKey: string };
      };
    };

    test("a key is shown once, and is in the feed when it is", async () => {
      const { status, headers, body } = await gateway().as("ann", "POST", base, { name: "first" });
      expect(status).toBe(201);
      expect(headers.get("cache-control")).toBe("no-store");
      expect(body).toMatchObject({
        ...{ status: "success", message: "API key generated successfully" },
        remainingApiKeyQuota: 9,
        apiKey: {
          ...{ name: "first", apiId: "pets", status: "active", createdBy: "ann" },
          ...{
            source: "local",
            expiresAt: null,
            apiKey: expect.stringMatching(/^apip_[0-9a-f]{64}$/),
          },
        },
      });
      const raw = rawOf({ body });
      expect(keyFed(gateway(), raw)).toEqual(["first", "", "local", "", "ann", "", "", ""]);
      const list = await gateway().as("ann", "GET", base);
      expect(list.body).toMatchObject({ status: "success", totalCount: 1 });
      expect(JSON.stringify(list.body)).toContain(`"***${raw.slice(-5)}"`);
      expect(JSON.stringify(list.body)).not.toContain(raw.slice(0, 20));
    });

    test("others see their own keys, an admin all, a developer none", async () => {
      await make("bob", { name: "of-bob" });
      const names = async (user: string) => {
        const { body } = await gateway().as(user, "GET", base);
        return (body["apiKeys"] as unknown as { name: string }[]).map(({ name }) => name).sort();
      };
      expect(await names("ann")).toEqual(["first"]);
      expect(await names("bob")).toEqual(["of-bob"]);
      expect(await names("root")).toEqual(["first", "of-bob"]);
      expect((await gateway().as("dev", "GET", base)).status).toBe(403);
      expect((await gateway().as("ann", "GET", "/rest-apis/pets")).status).toBe(403);
    });

    test("a key without a name gets one, and a used name is refused", async () => {
      const { apiKey } = await make("bob");
      expect(apiKey.name).toMatch(/^pets-key-[a-z0-9]{8}$/);
      const again = await gateway().as("bob", "POST", base, { name: "first" });
      expect([again.status, again.body["message"]]).toEqual([
        409,
        "API key with name 'first' already exists",
      ]);
    });

    test.each([
      [{ name: "ab" }, "name", "3 to 63"],
      [{ name: "No Spaces" }, "name", "lower-case"],
      [{ apiKey: "too-short" }, "apiKey", "36 to 128"],
      [{ apiKey: `${"x".repeat(40)}\n` }, "apiKey", "visible ASCII"],
      [{ expiresIn: { unit: "years", duration: 1 } }, "expiresIn.unit", "seconds, minutes"],
      [{ expiresIn: { unit: "days" } }, "expiresIn.duration", "is required"],
      [{ expiresIn: { unit: "days", duration: 0 } }, "expiresIn.duration", "from 1"],
      [{ expiresAt: "2001-01-01T00:00:00Z" }, "expiresAt", "future"],
      [{ expiresAt: "tomorrow" }, "expiresAt", "such as"],
      [{ issuer: "a\u001fb" }, "issuer", "control characters"],
    ])("refuses %j and names the field", async (body, field, words) => {
      const answer = await gateway().as("bob", "POST", base, body);
      expect(answer.status).toBe(400);
      expect(answer.body.errors).toEqual([{ field, message: expect.stringContaining(words) }]);
    });

    test("a month has thirty days, and a moment wins over a while", async () => {
      const month = { unit: "months", duration: 1 };
      const expires = async (body: object) => {
        const { apiKey } = await make("root", body);
        return Date.parse((apiKey as unknown as { expiresAt: string }).expiresAt) - Date.now();
      };
      const left = await expires({ name: "month", expiresIn: month });
      expect(Math.abs(left - 30 * 86_400_000)).toBeLessThan(10_000);
      const expiresAt = new Date(Date.now() + 60_000).toISOString();
      expect(await expires({ name: "both", expiresIn: month, expiresAt })).toBeLessThan(60_001);
    });

    test("a key that expired is listed no longer, and its name is free", async () => {
      // It has to arrive before.
      const expiresAt = new Date(Date.now() + 3_000).toISOString();
      const { apiKey } = await make("bob", { name: "brief", expiresAt });
      expect(keyFed(gateway(), apiKey.apiKey)![1]).toBe(String(Date.parse(expiresAt)));
      await eventually(async () => {
        const { body } = await gateway().as("bob", "GET", base);
        expect(JSON.stringify(body)).not.toContain("brief");
      });
      await make("bob", { name: "brief" });
      expect(keyFed(gateway(), apiKey.apiKey)).toBe(null);
    });

    test("a revoked key leaves the feed before the answer; an unknown one answers the same", async () => {
      const { apiKey } = await make("bob", { name: "to-revoke" });
      const answers = [];
      for (const [user, name] of [
        ["ann", "to-revoke"],
        ["ann", "unknown"],
      ] as const)
        answers.push(await gateway().as(user, "DELETE", `${base}/${name}`));
      expect(keyFed(gateway(), apiKey.apiKey)).not.toBe(null);
      answers.push(await gateway().as("bob", "DELETE", `${base}/to-revoke`));
      expect(keyFed(gateway(), apiKey.apiKey)).toBe(null);
      expect(
        new Set(answers.map(({ status, body }) => `${status} ${JSON.stringify(body)}`)).size,
      ).toBe(1);
      expect(answers[0]!.status).toBe(200);
    });

    test("regenerating ends the old key at once, or after the overlap that was asked for", async () => {
      const { apiKey: first } = await make("bob", { name: "renewed" });
      const path = `${base}/renewed/regenerate`;
      expect((await gateway().as("root", "POST", path)).status).toBe(404);
      const second = await gateway().as("bob", "POST", path);
      expect(second.status).toBe(200);
      const raw = rawOf(second);
      expect(raw).not.toBe(first.apiKey);
      expect(keyFed(gateway(), first.apiKey)).toBe(null);
      const third = await gateway().as("bob", "POST", path, { overlap: "1h" });
      const until = Number(keyFed(gateway(), raw)![1]);
      expect(Math.abs(until - Date.now() - 3_600_000)).toBeLessThan(10_000);
      const newest = rawOf(third);
      expect(keyFed(gateway(), newest)![1]).toBe("");
      await gateway().as("bob", "DELETE", `${base}/renewed`);
      expect([keyFed(gateway(), raw), keyFed(gateway(), newest)]).toEqual([null, null]);
    });

    test("only a key from elsewhere can be replaced, and its value stays unseen", async () => {
      const body = { name: "outside", apiKey: external, issuer: "portal", externalRefId: "7" };
      const made = await gateway().as("root", "POST", base, body);
      expect(made.body).toMatchObject({
        apiKey: { source: "external", issuer: "portal", externalRefId: "7", apiKey: "***56789" },
      });
      expect(keyFed(gateway(), external)![2]).toBe("external");
      const clash = await gateway().as("root", "POST", base, { apiKey: external });
      expect([clash.status, JSON.stringify(clash.body).includes(external)]).toEqual([409, false]);
      const next = external.replace("external", "next");
      const put = await gateway().as("root", "PUT", `${base}/outside`, { apiKey: next });
      expect([put.status, put.body["message"]]).toEqual([200, "API key updated successfully"]);
      expect([keyFed(gateway(), external), keyFed(gateway(), next)![3]]).toEqual([null, "portal"]);
      const status = async (name: string, sent: object) =>
        (await gateway().as("root", "PUT", `${base}/${name}`, sent)).status;
      expect(await status("outside", {})).toBe(400);
      expect(await status("first", { apiKey: external })).toBe(400);
      expect(await status("nobody", { apiKey: external })).toBe(404);
      expect(
        (await gateway().as("ann", "PUT", `${base}/outside`, { apiKey: external })).status,
      ).toBe(404);
    });

    test("the eleventh active key of a user is refused as clients know it, with the reason beside", async () => {
      await gateway().as("root", "POST", "/rest-apis", restApi("full", 9));
      const path = "/rest-apis/full/api-keys";
      for (let left = 9; left >= 0; left--)
        expect((await make("ann", undefined, path)).remainingApiKeyQuota).toBe(left);
      const { status, body } = await gateway().as("ann", "POST", path);
      expect([status, body["message"]]).toEqual([500, "internal server error"]);
      expect(body.errors![0]!.message).toContain("10 active keys");
      await make("bob", undefined, path);
    });

    test("keys go with their API, and one of the same name does not get them back", async () => {
      await gateway().as("root", "POST", "/rest-apis", restApi("gone", 9));
      const { apiKey } = await make("ann", {}, "/rest-apis/gone/api-keys");
      expect(keyFed(gateway(), apiKey.apiKey, "gone")).not.toBe(null);
      await gateway().as("root", "DELETE", "/rest-apis/gone");
      expect(keyFed(gateway(), apiKey.apiKey, "gone")).toBe(null);
      expect((await gateway().as("ann", "GET", "/rest-apis/gone/api-keys")).status).toBe(404);
      await gateway().as("root", "POST", "/rest-apis", restApi("gone", 9));
      expect(keyFed(gateway(), apiKey.apiKey, "gone")).toBe(null);
    });

    test("a key cannot be written for an API that was deleted in the same moment", async () => {
      const { store } = gateway().gateway;
      const row = (await store.keys.named({ kind: "RestApi", handle: "pets" }, "first"))!;
      const orphan = { ...row, uuid: "orphan", handle: "never-was" };
      expect(await store.keys.inTurn((turn) => store.keys.put(turn, orphan))).toBe(false);
      expect(await store.keys.rows.byKey("orphan")).toBe(undefined);
    });

    test("the key of an API whose handle is what means every API opens that one", async () => {
      await gateway().as(
        "root",
        "POST",
        "/rest-apis",
        restApi("*", 9, { displayName: "All", context: "/all" }),
      );
      const raw = rawOf(await gateway().as("root", "POST", "/rest-apis/*/api-keys"));
      expect(keyFed(gateway(), raw, "*")).not.toBe(null);
      expect(gateway().fed("key", "*", sha256Hex(raw))).toBe(null);
    });

    test("another controller has the keys at its start, and each change after it", async () => {
      const { apiKey: early } = await make("bob", { name: "early" });
      const other = await startAccess(place());
      try {
        expect(keyFed(other, early.apiKey)).not.toBe(null);
        const late = await other.as("bob", "POST", base, { name: "late" });
        const raw = rawOf(late);
        await eventually(() => expect(keyFed(gateway(), raw)).not.toBe(null));
        await gateway().as("bob", "DELETE", `${base}/late`);
        await eventually(() => expect(keyFed(other, raw)).toBe(null));
      } finally {
        await other.close();
      }
    });

    test("all of them at once are the same records as each by itself", async () => {
      const spec = { groups: ["g"] };
      const consumer = { kind: "Consumer", metadata: { name: "bulk" }, spec };
      await gateway().as("root", "POST", "/consumers", consumer);
      await gateway().as("root", "POST", "/consumers/bulk/api-keys", { name: "of-consumer" });
      await make("root", { name: "ends", expiresIn: { unit: "days", duration: 3 } });
      await make("root", {
        ...{ name: "brought", apiKey: `${external}-brought`, issuer: "portal" },
        ...{ applicationId: "app-é", applicationName: "an app, with: 'quotes' and |marks|" },
      });
      await make("root", { name: "renewed" });
      await gateway().as("root", "POST", `${base}/renewed/regenerate`, { overlap: "1h" });
      const { feeder } = gateway().gateway.access;
      const { revision, count } = feeder.table;
      await feeder.reload();
      expect([feeder.table.revision, feeder.table.count]).toEqual([revision, count]);
    });

    test("what ended an hour ago is taken away, a former value without its key", async () => {
      const { store, access } = gateway().gateway;
      const owner = { kind: "RestApi", handle: "pets" };
      const ago = new Date(Date.now() - 3_700_000).toISOString();
      const { apiKey: ended } = await make("root", { name: "ended" });
      const { apiKey: turned } = await make("root", { name: "turned" });
      const row = async (name: string) => (await store.keys.named(owner, name))!;
      const put = (...[key, before]: [ApiKey, ApiKey]) =>
        store.keys.inTurn((turn) => store.keys.put(turn, key, before));
      const [first, second] = [await row("ended"), await row("turned")];
      await put({ ...first, expires_at: ago }, first);
      const former = { old_hash: sha256Hex("former"), old_until: ago };
      await put({ ...second, ...former }, second);
      expect(keyFed(gateway(), "former")).not.toBe(null);
      await access.keys.cleanUp();
      expect([keyFed(gateway(), ended.apiKey), await row("ended")]).toEqual([null, undefined]);
      expect(keyFed(gateway(), "former")).toBe(null);
      expect(keyFed(gateway(), turned.apiKey)).not.toBe(null);
    });

    test("the database and the logs have hashes and no key", async () => {
      const { apiKey } = await make("root", { name: "unseen" });
      const rows = JSON.stringify(
        await gateway().gateway.store.keys.active({ kind: "RestApi", handle: "pets" }),
      );
      expect(rows).toContain(sha256Hex(apiKey.apiKey));
      expect(rows).not.toContain(apiKey.apiKey);
      expect(gateway().logs.join("\n")).not.toMatch(/apip_[0-9a-f]{8}/);
    });
  });
});
