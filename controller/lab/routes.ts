/** A case's routes as Envoy's route table. */
import { createHash } from "node:crypto";
import type { Route, RouteMatch } from "../../host-sim/http/routes.ts";
import { defaultBufferLimit } from "../../host-sim/setup.ts";
import type { JsonObject } from "../xds/protos.ts";
import { seconds } from "../xds/resources/cluster.ts";
import { route } from "../xds/resources/route.ts";

/** `id` names the table, its filter, and with a number the cluster of each route. */
export function routeTable(id: string, routes: Route[]): JsonObject {
  const entries = routes.map((one, i) => {
    const chain = one.chain && JSON.stringify(one.chain);
    const body = route({
      // The engine keeps chains by the route's name: another chain is another name.
      name: one.name ?? `${id}/${i}@${hash(chain ?? "")}`,
      match: matcher(one.match ?? {}),
      action: one.respond
        ? {
            direct_response: {
              status: one.respond.status,
              ...(one.respond.body !== undefined && { body: { inline_string: one.respond.body } }),
            },
          }
        : {
            route: {
              cluster: `${id}-${i}`,
              timeout: seconds(one.timeoutMs ?? 15_000),
              ...(one.prefixRewrite !== undefined && { prefix_rewrite: one.prefixRewrite }),
            },
          },
      filters: one.disable ? [id] : [],
      ...(chain !== undefined && { chain }),
      ...(one.metadata && { metadata: one.metadata as JsonObject }),
    });
    return { ...body, request_body_buffer_limit: String(defaultBufferLimit) };
  });
  return { name: id, virtual_hosts: [{ name: id, domains: ["*"], routes: entries }] };
}

function matcher({ path, prefix, regex, method, headers = {} }: RouteMatch): JsonObject {
  const exact = (name: string, value: string) => ({ name, string_match: { exact: value } });
  return {
    ...(path !== undefined
      ? { path }
      : regex !== undefined
        ? { safe_regex: { regex } }
        : { prefix: prefix ?? "/" }),
    headers: [
      ...(method === undefined ? [] : [exact(":method", method)]),
      ...Object.entries(headers).map(([name, value]) => exact(name, value)),
    ],
  };
}

const hash = (text: string) => createHash("sha256").update(text).digest("hex").slice(0, 12);
