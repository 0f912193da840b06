/** Parameters of a query. A word that is misunderstood must not make a change of what was to be tried. */
import type { Context } from "hono";
import { UserError } from "../../errors.ts";

export const refusedParameter = (field: string, message: string): UserError =>
  new UserError("Invalid query parameter", [{ field, message }]);

/** The one value of a parameter: of two nobody knows which is meant. */
export function parameter(c: Context, name: string): string | undefined {
  const values = c.req.queries(name) ?? [];
  if (values.length > 1)
    throw refusedParameter(name, `must stand once, found ${values.length} times`);
  return values[0];
}

/** False when it is not there. */
export function flag(c: Context, name: string): boolean {
  const text = parameter(c, name);
  if (text === undefined || text === "false") return false;
  if (text === "true") return true;
  throw refusedParameter(name, `must be true or false, found "${text}"`);
}

export function whole(c: Context, name: string, max: number): number | undefined {
  const text = parameter(c, name);
  if (text === undefined) return undefined;
  if (/^\d+$/.test(text) && Number(text) <= max) return Number(text);
  throw refusedParameter(name, `must be an integer from 0 to ${max}, found "${text}"`);
}
