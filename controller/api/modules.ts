/** Finished modules over HTTP: upload, list, let one serve, go back to the one before. */
import { Hono, type Context } from "hono";
import type { ModuleManifest } from "../modules/manifest.ts";
import { settledAs } from "../deploy/status/of-api.ts";
import { audible } from "../people/audited.ts";
import type { Authenticated } from "./auth.ts";
import { beginCanary, canaryRoutes } from "./canary.ts";
import type { ManagementOptions } from "./management.ts";
import { problem } from "./respond.ts";
import { bytesOf } from "./request/body.ts";
import { flag, parameter } from "./request/query.ts";
import { readWait, waitUntil } from "./request/wait.ts";

/** One that came, or one that was made to serve. */
type ModuleRow = { hash: string; manifest?: string };

export function moduleRoutes({ modules, canary, changed }: ManagementOptions): Hono<Authenticated> {
  const app = new Hono<Authenticated>();
  app.route("/canary", canaryRoutes(canary));
  app.use(
    audible<ModuleRow>({
      ...{ kind: "Module", handleOf: ({ hash }) => hash },
      show: ({ hash, manifest }) =>
        manifest === undefined
          ? { serving: hash }
          : { policies: (JSON.parse(manifest) as ModuleManifest).policies },
    }),
  );
  /** What is decided about all gateways ends what some of them try. */
  const decided = () => canary.takeBack("another module was made to serve");
  app.get("/", async (c) => {
    const list = await modules.list();
    return c.json({ status: "success", count: list.length, modules: list });
  });

  const assign = async (hash: string): Promise<string> => {
    decided();
    await modules.assign(hash);
    return hash;
  };

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
    const assigns = flag(c, "assign");
    if (parameter(c, "canary") !== undefined) return beginCanary(c, { canary, modules });
    const { hash, manifest } = await modules.upload(await bytesOf(c));
    if (assigns) return answer(c, await assign(hash), 201);
    return c.json({ status: "success", hash, policies: manifest.policies }, 201);
  });

  app.post("/rollback", async (c) => {
    decided();
    return answer(c, await modules.rollback(), 200);
  });

  app.post("/:hash/assign", async (c) => {
    const hash = c.req.param("hash");
    if (!(await modules.list()).some((module) => module.hash === hash))
      return problem(c, 404, `module '${hash}' not found`);
    return answer(c, await assign(hash), 200);
  });
  return app;
}
