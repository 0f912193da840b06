/** A route of the short form: read from untrusted JSON, and what it is called. */
import { UserError, type FieldError } from "../../errors.ts";
import type { Value } from "../field.ts";
import type { Config } from "../schema/index.ts";
import { routeEntry } from "../schema/short-form.ts";
import { lenient } from "../shape.ts";
import { validate } from "../validate.ts";
import { checkRoutes } from "./check.ts";

export type Route = Value<typeof routeEntry>;

/** What the routes of a gateway may refer to. */
export type ShortForm = Pick<Config, "services" | "routes" | "authentication" | "rate_limiting">;

/** Throws a UserError that names every field that is wrong. */
export function readRoute(sent: unknown, { services, authentication }: ShortForm): Route {
  if (typeof sent !== "object" || sent === null || Array.isArray(sent))
    throw new UserError("expected a route: an object with path and service");
  const route = lenient(structuredClone(sent), routeEntry.schema) as Route;
  const errors: FieldError[] = validate(route, routeEntry.schema);
  if (errors.length === 0)
    checkRoutes(
      { routes: [route], services, authentication, rate_limiting: undefined },
      (field, message) => errors.push({ field: field.replace(/^routes\[0\]\./, ""), message }),
    );
  if (errors.length > 0) throw new UserError("The route is not valid", errors);
  return route;
}
