/**
 * What the description knows of a path holds for every request: another method is refused with those that there are, and
 * what cannot be tried out is not done for real to somebody who asked for a trial.
 */
import type { Context, MiddlewareHandler } from "hono";
import { methods, type Operation, type PathItem, type Paths } from "../../describe/operation.ts";
import { problem } from "../respond.ts";
import { flag, refusedParameter } from "./query.ts";

/** `relative`: the path below the API's base. */
export function described(paths: Paths, relative: (c: Context) => string): MiddlewareHandler {
  const patterns = Object.entries(paths)
    // `/certificates/reload` is no id.
    .sort(([a], [b]) => a.split("{").length - b.split("{").length)
    .map(([path, item]) => ({ pattern: patternOf(path), item }));
  return async (c, next) => {
    const path = relative(c);
    const items = patterns.filter(({ pattern }) => pattern.test(path)).map(({ item }) => item);
    if (items.length === 0) return next();
    const operation = find(items, c.req.method);
    if (!operation) return wrongMethod(c, items);
    if (!["GET", "HEAD"].includes(c.req.method)) refuseTrial(c, operation);
    return next();
  };
}

const patternOf = (path: string): RegExp =>
  new RegExp(`^${path.replace(/[.]/g, "\\.").replace(/\{\w+\}/g, "[^/]+")}$`);

function find(items: readonly PathItem[], sent: string): Operation | undefined {
  const method = methods.find((one) => one === (sent === "HEAD" ? "get" : sent.toLowerCase()));
  return method && items.map((item) => item[method]).find((operation) => operation !== undefined);
}

function wrongMethod(c: Context, items: readonly PathItem[]): Response {
  const allowed = methods
    .filter((method) => items.some((item) => item[method]))
    .flatMap((method) => (method === "get" ? ["GET", "HEAD"] : [method.toUpperCase()]));
  c.header("Allow", allowed.join(", "));
  return problem(
    c,
    405,
    `${c.req.method} is no method of ${c.req.path}, which has ${allowed.join(", ")}`,
  );
}

function refuseTrial(c: Context, { query = {} }: Operation): void {
  for (const name of Object.keys(c.req.queries()))
    if (/^dry[-_]?run$/i.test(name) && name !== "dryRun")
      throw refusedParameter(name, "is written dryRun; nothing was done");
  if (!("dryRun" in query) && flag(c, "dryRun"))
    throw refusedParameter(
      "dryRun",
      "is not known here: this cannot be tried out, and was not done",
    );
}
