/** Finished modules over HTTP: upload, list, let one serve, go back to the one before. */
import { Hono, type Context } from "hono";
import { settledAs } from "../deploy/status/of-api.ts";
import { noteChange } from "../people/audited.ts";
import type { Authenticated } from "./auth.ts";
import { beginCanary, canaryRoutes } from "./canary.ts";
import type { ManagementOptions } from "./management.ts";
import { problem } from "./respond.ts";
import { readWait, waitUntil } from "./wait.ts";

export function moduleRoutes({ modules, canary, changed }: ManagementOptions): Hono<Authenticated> {
  const app = new Hono<Authenticated>();
  app.route("/canary", canaryRoutes(canary));
  /** What is decided about all gateways ends what some of them try. */
  const decided = () => canary.takeBack("another module was made to serve");
  app.get("/", async (c) => {
    const list = await modules.list();
    return c.json({ status: "success", count: list.length, modules: list });
  });

  /** For the audit log: what serves in place of what. */
  const serving = async (c: Context, change: () => Promise<string>): Promise<string> => {
    const before = modules.current && { serving: modules.current.hash };
    decided();
    const hash = await change();
    noteChange(c, { kind: "Module", handle: hash, before, after: { serving: hash } });
    return hash;
  };
  const assign = (c: Context, hash: string) =>
    serving(c, async () => {
      await modules.assign(hash);
      return hash;
    });

  /** 200 or 201 when every connected Envoy has it, 202 when one lacks it, with what each says. */
  const answer = async (c: Context, hash: string, done: 200 | 201) => {
    const waitMs = readWait(c);
    const settled =
      waitMs === null
        ? "served"
        : await waitUntil(async () => settledAs(await modules.everywhere()), waitMs, changed);
    const gateways = await modules.everywhere();
    return c.json({ status: "success", hash, gateways }, settled === "served" ? done : 202);
  };

  /** `?assign=true` also lets it serve, `?canary=10%` lets some gateways try it first. */
  app.post("/", async (c) => {
    if (c.req.query("canary") !== undefined) return beginCanary(c, { canary, modules });
    const { hash, manifest } = await modules.upload(new Uint8Array(await c.req.arrayBuffer()));
    if (c.req.query("assign") === "true") return answer(c, await assign(c, hash), 201);
    const { policies } = manifest;
    noteChange(c, { kind: "Module", handle: hash, before: null, after: { policies } });
    return c.json({ status: "success", hash, policies }, 201);
  });

  app.post("/rollback", async (c) => {
    return answer(c, await serving(c, () => modules.rollback()), 200);
  });

  app.post("/:hash/assign", async (c) => {
    const hash = c.req.param("hash");
    if (!(await modules.list()).some((module) => module.hash === hash))
      return problem(c, 404, `module '${hash}' not found`);
    return answer(c, await assign(c, hash), 200);
  });
  return app;
}
