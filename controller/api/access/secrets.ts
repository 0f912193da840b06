/** `/secrets`. The value is told by GET of one, and by nothing else. */
import { Hono } from "hono";
import type { Secrets } from "../../secrets/secrets.ts";
import type { SecretRecord } from "../../store/access/secrets.ts";
import { audible, noteUnchanged } from "../../people/audited.ts";
import type { Authenticated } from "../../people/authenticate.ts";
import { secretBodyOf } from "../request/body.ts";
import { isDryRun, tried } from "./dry-run.ts";

export function secretRoutes(secrets: Secrets): Hono<Authenticated> {
  const app = new Hono<Authenticated>();
  app.use(
    audible<SecretRecord>({
      ...{ kind: "Secret", handleOf: ({ handle }) => handle },
      // Never the value, not even sealed.
      show: (secret) => represent(secret),
    }),
  );

  app.post("/", async (c) => {
    const { row, changed } = await secrets.create(await secretBodyOf(c), isDryRun(c));
    if (isDryRun(c)) return c.json(tried(represent(row), changed));
    return c.json(represent(row), 201);
  });
  app.get("/", async (c) => {
    const list = (await secrets.list()).map((secret) => represent(secret));
    return c.json({ status: "success", count: list.length, secrets: list });
  });
  app.get("/:id", async (c) => {
    const secret = await secrets.get(c.req.param("id"));
    c.header("Cache-Control", "no-store");
    return c.json(represent(secret, secrets.valueOf(secret)));
  });
  app.put("/:id", async (c) => {
    const before = await secrets.get(c.req.param("id"));
    const { row, changed } = await secrets.replace(
      before.handle,
      await secretBodyOf(c),
      isDryRun(c),
    );
    if (isDryRun(c)) return c.json(tried(represent(row), changed));
    if (!changed) noteUnchanged(c, row);
    return c.json(represent(row));
  });
  app.delete("/:id", async (c) => {
    const before = await secrets.get(c.req.param("id"));
    await secrets.remove(before.handle);
    return c.body(null, 200);
  });
  return app;
}

const represent = (secret: SecretRecord, value?: string) => ({
  apiVersion: "gateway.api-platform.wso2.com/v1",
  kind: "Secret",
  metadata: { name: secret.handle },
  spec: {
    displayName: secret.display_name,
    description: secret.description,
    ...(value !== undefined && { value }),
  },
  status: { id: secret.handle, createdAt: secret.created_at, updatedAt: secret.updated_at },
});
