/** A route of the short form as a document of the kind RestApi: from here on there is nothing special about it. */
import { methods } from "../../model/rest-api.ts";
import { routeHandle, routeId } from "./name.ts";
import { routePolicies } from "./policies.ts";
import type { Route, ShortForm } from "./route.ts";

/** Where a document keeps the route that it was made of, and who said so. */
export const routeAnnotation = "sluice/route";
export const originAnnotation = "sluice/origin";
export type Origin = "configuration" | "admin";

export function routeDocument(
  route: Route,
  shortForm: ShortForm,
  origin: Origin,
): Record<string, unknown> {
  const id = routeId(route);
  const wide = route.path.endsWith("/*");
  const context = (wide ? route.path.slice(0, -2) : route.path).replace(/\/+$/, "") || "/";
  const service = shortForm.services[route.service]!;
  const url = new URL(service.url);
  // The context is taken off on the way upstream; where it is wanted there, it is part of the upstream's path.
  const basePath =
    url.pathname.replace(/\/+$/, "") + (route.strip_prefix || context === "/" ? "" : context);
  const { health_check: health } = service;
  return {
    apiVersion: "gateway.api-platform.wso2.com/v1",
    kind: "RestApi",
    metadata: {
      name: routeHandle(id),
      annotations: {
        [routeAnnotation]: JSON.stringify({ ...route, id }),
        [originAnnotation]: origin,
      },
    },
    spec: {
      displayName: `Route ${id}`,
      version: "v1.0",
      context,
      ...(health
        ? {
            upstreamDefinitions: [
              {
                name: "service",
                ...(basePath && { basePath }),
                upstreams: [{ url: url.origin }],
                settings: {
                  healthCheck: {
                    path: health.path,
                    interval: health.interval,
                    timeout: health.timeout,
                  },
                },
              },
            ],
            upstream: { main: { ref: "service" } },
          }
        : { upstream: { main: { url: `${url.origin}${basePath}` } } }),
      policies: routePolicies(route, shortForm),
      operations: (route.methods?.length ? route.methods : methods).map((method) => ({
        method,
        path: wide ? "/*" : "/",
      })),
      deploymentState: route.enabled ? "deployed" : "undeployed",
    },
  };
}
