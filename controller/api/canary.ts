/** A module that some gateways try first, over HTTP: begin, look, take back. */
import { Hono, type Context } from "hono";
import { UserError } from "../errors.ts";
import type { Canary } from "../canary/canary.ts";
import type { Modules } from "../deploy/modules/modules.ts";
import { noteChange } from "../people/audited.ts";
import type { Authenticated } from "./auth.ts";
import { bytesOf } from "./request/body.ts";
import { durationIn } from "./request/wait.ts";
import { problem } from "./respond.ts";

const longestTrialMs = 3_600_000;
const defaultTrialMs = 30_000;

export function canaryRoutes(canary: Canary): Hono<Authenticated> {
  const app = new Hono<Authenticated>();
  app.get("/", (c) => c.json({ status: "success", canary: canary.state }));
  app.delete("/", (c) => {
    if (!canary.measures) return problem(c, 404, "no module is being tried");
    const before = canary.state;
    canary.takeBack("it was ended");
    const handle = before?.hash ?? "";
    noteChange(c, { kind: "Canary", handle, before, after: canary.state });
    return c.json({ status: "success", canary: canary.state });
  });
  return app;
}

/** `?canary=10%` of an upload, and `for=30s`. */
export async function beginCanary(
  c: Context,
  { canary, modules }: { canary: Canary; modules: Modules },
): Promise<Response> {
  if (canary.measures) return problem(c, 409, "another module is being tried: end it first");
  const share = readShare(c.req.query("canary") ?? "");
  const forMs = durationIn(c, "for", longestTrialMs) ?? defaultTrialMs;
  const { hash } = await modules.upload(await bytesOf(c));
  const state = await canary.start(hash, share, forMs);
  noteChange(c, { kind: "Canary", handle: hash, before: null, after: state });
  return c.json({ status: "success", hash, canary: state }, 202);
}

function readShare(text: string): number {
  const [, percent] = /^(\d{1,2}(?:\.\d+)?|100)%$/.exec(text) ?? [];
  const share = Number(percent) / 100;
  if (share > 0) return share;
  throw new UserError("Invalid query parameter", [
    { field: "canary", message: `must be a share of the gateways such as 10%, found "${text}"` },
  ]);
}
