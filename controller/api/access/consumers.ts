/** `/consumers`. Passwords and secrets go in; none comes out, but one that was made here, once. */
import { Hono, type Context } from "hono";
import type { Consumers, WrittenConsumer } from "../../access/consumers.ts";
import { showCredential } from "../../access/credentials.ts";
import { audible, noteUnchanged } from "../../people/audited.ts";
import type { Authenticated } from "../../people/authenticate.ts";
import { credentialsOf, type ConsumerRecord } from "../../store/access/consumers.ts";
import { secretBodyOf } from "../request/body.ts";
import { isDryRun, tried } from "./dry-run.ts";

export function consumerRoutes(consumers: Consumers): Hono<Authenticated> {
  const app = new Hono<Authenticated>();
  app.use(
    audible<ConsumerRecord>({
      ...{ kind: "Consumer", handleOf: ({ handle }) => handle, show: represent },
    }),
  );
  const written = (c: Context, { row, made, changed }: WrittenConsumer) => {
    if (isDryRun(c)) return tried(represent(row), changed);
    if (!changed) noteUnchanged(c, row);
    c.header("Cache-Control", "no-store");
    return { ...represent(row), ...(made.length > 0 && { generated: made }) };
  };

  app.post("/", async (c) => {
    const done = await consumers.create(await secretBodyOf(c), isDryRun(c));
    return c.json(written(c, done), isDryRun(c) ? 200 : 201);
  });
  app.get("/", async (c) => {
    const list = (await consumers.list()).map(represent);
    return c.json({ status: "success", count: list.length, consumers: list });
  });
  app.get("/:id", async (c) => c.json(represent(await consumers.get(c.req.param("id")))));
  app.put("/:id", async (c) => {
    const done = await consumers.replace(c.req.param("id"), await secretBodyOf(c), isDryRun(c));
    return c.json(written(c, done));
  });
  app.delete("/:id", async (c) => {
    const id = c.req.param("id");
    await consumers.remove(id);
    return c.json({ status: "success", message: "Consumer deleted successfully", id });
  });
  return app;
}

const represent = (row: ConsumerRecord) => ({
  apiVersion: "gateway.api-platform.wso2.com/v1",
  kind: "Consumer",
  metadata: { name: row.handle },
  spec: {
    displayName: row.display_name,
    plan: row.plan_id,
    groups: JSON.parse(row.groups) as string[],
    attributes: JSON.parse(row.attributes) as Record<string, string>,
    credentials: credentialsOf(row).map(showCredential),
  },
  status: { id: row.handle, createdAt: row.created_at, updatedAt: row.updated_at },
});
