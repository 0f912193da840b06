import { describe, expect, test } from "vitest";
import { sha256Hex } from "../../../host-sim/feed/words.ts";
import { onBothStores } from "./fixture.ts";

const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
const exp = 4_000_000_000;
const token = `${part({ alg: "none" })}.${part({ sub: "me", exp })}.signature`;
const later = "2099-01-01T00:00:00.000Z";

describe("revoked tokens", () => {
  onBothStores((gateway) => {
    const ask = (method: string, path: string, body?: unknown) =>
      gateway().as("root", method, `/revoked-tokens${path}`, body);
    const byHash = () => gateway().fed("revocation", "sha256", sha256Hex(token));
    const byId = () => gateway().fed("revocation", "jti", "https://idp", "id-1");

    test("a token is revoked by itself until its own end, or by its id, and can be restored", async () => {
      const whole = await ask("POST", "", { token });
      expect([whole.status, whole.body["expiresAt"]]).toEqual([
        201,
        new Date(exp * 1_000).toISOString(),
      ]);
      expect(byHash()).toEqual([String(exp * 1_000)]);
      const named = { issuer: "https://idp", jti: "id-1", expiresAt: later };
      expect((await ask("POST", "", named)).body).toMatchObject({ ...named, createdBy: "root" });
      expect(byId()).toEqual([String(Date.parse(later))]);
      const list = await ask("GET", "");
      expect(list.body["count"]).toBe(2);
      expect(JSON.stringify(list.body)).not.toContain(token);
      expect((await ask("DELETE", `/${String(whole.body["id"])}`)).status).toBe(204);
      expect(byHash()).toBe(null);
      expect((await ask("DELETE", `/${String(whole.body["id"])}`)).status).toBe(404);
    });

    test("what would have ended an hour ago is taken away", async () => {
      const { store, access } = gateway().gateway;
      const [row] = await store.revocations.rows.with({});
      await store.revocations.write({ ...row!, expires_at: "2001-01-01T00:00:00.000Z" });
      expect(byId()).not.toBe(null);
      await access.revocations.cleanUp();
      expect([byId(), await store.revocations.rows.with({})]).toEqual([null, []]);
    });

    test.each([
      ["nothing", {}, "token", "jti is required"],
      ["both", { token, jti: "x", issuer: "i" }, "token", "not both"],
      ["an id without its issuer", { jti: "x", expiresAt: later }, "issuer", "is required"],
      ["no end", { token: "opaque" }, "expiresAt", "is required"],
      ["a line break in an id", { jti: "a\nb", issuer: "i", expiresAt: later }, "jti", "control"],
    ])("refuses %s by its field", async (_, body, field, words) => {
      const { status, body: answer } = await ask("POST", "", body);
      expect(status).toBe(400);
      expect(answer.errors).toContainEqual({ field, message: expect.stringContaining(words) });
    });

    test("only admins may", async () => {
      for (const user of ["dev", "ann"])
        expect((await gateway().as(user, "POST", "/revoked-tokens", { token })).status).toBe(403);
    });
  });
});
