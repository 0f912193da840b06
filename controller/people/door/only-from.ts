/** Lets only listed addresses and networks through; the address is the connection's, never a header's. */
import { getConnInfo } from "@hono/node-server/conninfo";
import type { MiddlewareHandler } from "hono";
import { allowList } from "./networks.ts";

export function onlyFrom(entries: readonly string[]): MiddlewareHandler {
  const allowed = allowList(entries);
  return async (c, next) => {
    const { address } = getConnInfo(c).remote;
    if (allowed(address)) return next();
    const message = `${address ?? "an unknown address"} is not among the allowed addresses`;
    return c.json({ code: "forbidden", message }, 403);
  };
}
