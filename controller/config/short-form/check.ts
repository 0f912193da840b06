/** The names that the short form uses are there, and its paths can be routes. */
import type { Fail } from "../../errors.ts";
import type { Config } from "../schema/index.ts";

export function checkRoutes(
  { routes, services, authentication, rate_limiting: limits }: Config,
  fail: Fail,
): void {
  const ids = new Set<string>();
  routes.forEach((route, i) => {
    const field = `routes[${i}]`;
    if (!Object.hasOwn(services, route.service))
      fail(
        `${field}.service`,
        `expected one of services (${Object.keys(services).join(", ") || "none"}), found "${route.service}"`,
      );
    if (!/^\/[^*\s?#{}]*(\/\*)?$/.test(route.path))
      fail(`${field}.path`, `expected a path such as /users or /users/*, found "${route.path}"`);
    for (const kind of route.authentication ?? [])
      if (!authentication[kind])
        fail(`${field}.authentication`, `expected authentication.${kind} to be there`);
    const id = route.id ?? route.path;
    if (ids.has(id)) fail(`${field}.${route.id ? "id" : "path"}`, `is there twice: ${id}`);
    ids.add(id);
  });
  for (const [name, { url }] of Object.entries(services))
    if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol))
      fail(`services.${name}.url`, `expected an http or https URL, found "${url}"`);
  const paths = routes.map(({ path }) => path);
  for (const path of Object.keys(limits?.per_endpoint ?? {}))
    if (!paths.includes(path))
      fail(
        `rate_limiting.per_endpoint.${path}`,
        `expected the path of a route: ${paths.join(", ") || "none"}`,
      );
}
