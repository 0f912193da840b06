/** `/revoked-tokens`. A token comes in once and is kept by its hash. */
import { Hono } from "hono";
import type { Revocations } from "../../access/revocations.ts";
import { audible } from "../../people/audited.ts";
import type { Authenticated } from "../../people/authenticate.ts";
import type { Revocation } from "../../store/access/revocations.ts";
import { secretBodyOf } from "../request/body.ts";

export function revocationRoutes(revocations: Revocations): Hono<Authenticated> {
  const app = new Hono<Authenticated>();
  app.use(audible<Revocation>({ kind: "RevokedToken", handleOf: ({ id }) => id, show: represent }));
  app.post("/", async (c) => {
    const row = represent(await revocations.revoke(await secretBodyOf(c), c.get("user")));
    return c.json(row, 201);
  });
  app.get("/", async (c) => {
    const list = (await revocations.list()).map(represent);
    return c.json({ status: "success", count: list.length, revokedTokens: list });
  });
  app.delete("/:id", async (c) => {
    await revocations.restore(c.req.param("id"));
    return c.body(null, 204);
  });
  return app;
}

const represent = (row: Revocation) => ({
  id: row.id,
  ...(row.issuer === null ? { sha256: row.value } : { issuer: row.issuer, jti: row.value }),
  ...{ expiresAt: row.expires_at, createdBy: row.created_by, createdAt: row.created_at },
});
