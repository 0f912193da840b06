/** Finished modules over HTTP: upload, list, let one serve, go back to the one before. */
import { Hono } from "hono";
import type { Modules } from "../deploy/modules.ts";
import { requireRole, type Authenticated } from "./auth.ts";
import { problem } from "./respond.ts";

export function moduleRoutes(modules: Modules): Hono<Authenticated> {
  const app = new Hono<Authenticated>();
  app.use(requireRole("admin"));

  app.get("/", async (c) => {
    const list = await modules.list();
    return c.json({ status: "success", count: list.length, modules: list });
  });

  /** `?assign=true` also lets it serve. */
  app.post("/", async (c) => {
    const { hash, manifest } = await modules.upload(new Uint8Array(await c.req.arrayBuffer()));
    if (c.req.query("assign") === "true") await modules.assign(hash);
    return c.json(
      {
        status: "success",
        hash,
        policies: manifest.policies,
        serving: hash === modules.current?.hash,
      },
      201,
    );
  });

  app.post("/rollback", async (c) => c.json({ status: "success", hash: await modules.rollback() }));

  app.post("/:hash/assign", async (c) => {
    const hash = c.req.param("hash");
    if (!(await modules.list()).some((module) => module.hash === hash))
      return problem(c, 404, `module '${hash}' not found`);
    await modules.assign(hash);
    return c.json({ status: "success", hash });
  });
  return app;
}
