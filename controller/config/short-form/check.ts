/** The names that the short form uses are there, and its paths can be routes. */
import { existsSync } from "node:fs";
import type { Fail } from "../../errors.ts";
import { routeId } from "./name.ts";
import type { Config } from "../schema/index.ts";

/** What one policy takes; more are for the management API. */
const maxKeys = 100;

type Checked = Pick<Config, "routes" | "services" | "authentication" | "rate_limiting">;

export function checkRoutes(
  { routes, services, authentication, rate_limiting: limits }: Checked,
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
    const id = routeId(route);
    if (!/^[A-Za-z0-9][A-Za-z0-9_-]{0,79}$/.test(id))
      fail(`${field}.id`, `expected at most 80 letters, digits, - and _, found "${id}"`);
    if (ids.has(id)) fail(`${field}.id`, `expected an id of its own, found ${id} twice`);
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

export function checkAuthentication(
  { authentication }: Pick<Config, "authentication">,
  fail: Fail,
): void {
  const { jwt, api_key: api } = authentication;
  if (jwt && Boolean(jwt.public_key) === Boolean(jwt.jwks_url))
    fail("authentication.jwt", "expected exactly one of public_key and jwks_url");
  const file = jwt?.public_key;
  if (file && !file.includes("-----BEGIN") && !existsSync(file))
    fail(
      "authentication.jwt.public_key",
      `expected PEM text or a file that is there, found ${file}`,
    );
  if (api && (api.keys.length === 0 || api.keys.length > maxKeys))
    fail("authentication.api_key.keys", `expected 1 to ${maxKeys} keys, found ${api.keys.length}`);
  const names = api?.keys.map(({ name }) => name) ?? [];
  names.forEach((name, i) => {
    const field = `authentication.api_key.keys[${i}].name`;
    if (!/^[A-Za-z0-9_.-]{1,63}$/.test(name))
      fail(field, "expected at most 63 letters, digits, ., - and _");
    if (names.indexOf(name) !== i) fail(field, `expected a name of its own, found ${name} twice`);
  });
}
