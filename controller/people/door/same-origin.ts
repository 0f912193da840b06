/**
 * Keeps other people's web pages away: a browser sends its user's credentials, or reaches this machine's open port, for
 * whatever page asks. A request with an origin that is not this server's, and on an open port one for another name (DNS
 * rebinding), is refused. Programs send no origin.
 */
import type { MiddlewareHandler } from "hono";

export function sameOrigin(open: boolean): MiddlewareHandler {
  return async (c, next) => {
    const host = c.req.header("host") ?? "";
    const origin = c.req.header("origin");
    const foreign = origin !== undefined && hostOf(origin) !== host.toLowerCase();
    const renamed = open && !/^(localhost|127\.\d+\.\d+\.\d+|\[::1\])(:\d+)?$/i.test(host);
    if (!foreign && !renamed && c.req.header("sec-fetch-site") !== "cross-site") return next();
    return c.json({ code: "forbidden", message: "requests of other web sites are not taken" }, 403);
  };
}

const hostOf = (origin: string): string | null =>
  URL.canParse(origin) ? new URL(origin).host : null;
