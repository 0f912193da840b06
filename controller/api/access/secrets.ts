/** `/secrets`. The value is told by GET of one, and by nothing else. */
import { Hono } from "hono";
import type { Secrets } from "../../secrets/secrets.ts";
import type { SecretRecord } from "../../store/access/secrets.ts";
import type { Authenticated } from "../../people/authenticate.ts";
import { bodyOf } from "./body.ts";

export function secretRoutes(secrets: Secrets): Hono<Authenticated> {
  const app = new Hono<Authenticated>();

  app.post("/", async (c) => c.json(represent(await secrets.create(await bodyOf(c))), 201));
  app.get("/", async (c) => {
    const list = (await secrets.list()).map((secret) => represent(secret));
    return c.json({ status: "success", count: list.length, secrets: list });
  });
  app.get("/:id", async (c) => {
    const secret = await secrets.get(c.req.param("id"));
    c.header("Cache-Control", "no-store");
    return c.json(represent(secret, secrets.valueOf(secret)));
  });
  app.put("/:id", async (c) =>
    c.json(represent(await secrets.replace(c.req.param("id"), await bodyOf(c)))),
  );
  app.delete("/:id", async (c) => {
    await secrets.remove(c.req.param("id"));
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
