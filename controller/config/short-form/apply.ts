/** The routes of a configuration in the store: made, changed or taken away, so that the file says what is served. */
import type { Control } from "../../deploy/control.ts";
import { UserError } from "../../errors.ts";
import { resourceKinds } from "../../model/index.ts";
import { originAnnotation, routeAnnotation, routeDocument, type Origin } from "./compile.ts";
import { routeHandle, routeId } from "./name.ts";
import type { Route, ShortForm } from "./route.ts";

const [restApi] = resourceKinds;

export async function applyRoutes(control: Control, shortForm: ShortForm): Promise<void> {
  const wanted = new Set(shortForm.routes.map((route) => routeHandle(routeId(route))));
  for (const { handle, origin } of storedRoutes(control))
    if (origin === "configuration" && !wanted.has(handle))
      await control.remove(restApi, handle, "any");
  for (const [i, route] of shortForm.routes.entries())
    await putRoute(control, route, shortForm, "configuration").catch((error: unknown) => {
      if (!(error instanceof UserError)) throw error;
      throw new UserError(
        `routes[${i}] cannot be served: ${error.message}`,
        error.fields.map(({ field, message }) => ({ field: `routes[${i}] (${field})`, message })),
      );
    });
}

export interface StoredRoute {
  handle: string;
  route: Route & { id: string };
  origin: Origin;
}

/** Whatever made them: a document has all that is known of its route. */
export const storedRoutes = (control: Control): StoredRoute[] =>
  control.list(restApi).flatMap(({ handle, source }) => {
    const { metadata } = JSON.parse(source) as {
      metadata: { annotations?: Record<string, string> };
    };
    const [text, origin] = [routeAnnotation, originAnnotation].map(
      (name) => metadata.annotations?.[name],
    );
    const route = text && origin ? parseRoute(text) : null;
    return route ? [{ handle, route, origin: origin as Origin }] : [];
  });

/** Null when somebody wrote something else there: then it is a document as any other. */
function parseRoute(text: string): StoredRoute["route"] | null {
  try {
    const route = JSON.parse(text) as StoredRoute["route"] | null;
    return typeof route === "object" && typeof route?.id === "string" ? route : null;
  } catch {
    return null;
  }
}

/** Makes or replaces it; the same again changes nothing. */
export async function putRoute(
  control: Control,
  route: Route,
  shortForm: ShortForm,
  origin: Origin,
): Promise<void> {
  const document = routeDocument(route, shortForm, origin);
  const handle = routeHandle(routeId(route));
  const current = control.get(handle);
  if (!current) await control.put(restApi, document, { create: true });
  else if (current.source !== JSON.stringify(document))
    await control.put(restApi, document, { replace: handle, expected: "any" });
}

export const removeRoute = (control: Control, id: string): Promise<boolean> =>
  control.remove(restApi, routeHandle(id), "any");
