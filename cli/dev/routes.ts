/** The routes of API files for the simulator's gateway: the same model and precedence as for Envoy. */
import { readFile, readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { parseAllDocuments } from "yaml";
import { UserError } from "../../controller/errors.ts";
import { readDocument, resourceKinds } from "../../controller/model/index.ts";
import type { Operation, RestApi } from "../../controller/model/rest-api.ts";
import { chainPolicy } from "../../controller/translate/chain.ts";
import { compareRoutes, pathMatch, type Ranked } from "../../controller/translate/path.ts";
import { proxyTo, type Route, type Upstream } from "../../host-sim/index.ts";
import type { RouteMatch } from "../../host-sim/index.ts";

interface RankedRoute extends Ranked {
  route: Route;
}

/** Every `.yaml`, `.yml` and `.json` file of the folders, and the files themselves. */
export async function apiFiles(paths: readonly string[]): Promise<string[]> {
  const files: string[] = [];
  for (const path of paths) {
    const found = await stat(path).catch(() => {
      throw new UserError(`${path}: not found; expected an API file or a folder of them`);
    });
    if (!found.isDirectory()) files.push(path);
    else {
      const names = await readdir(path);
      files.push(
        ...names.filter((name) => /\.(ya?ml|json)$/.test(name)).map((name) => join(path, name)),
      );
    }
  }
  return files.sort();
}

export async function routesOf(files: readonly string[]): Promise<Route[]> {
  const ranked: RankedRoute[] = [];
  for (const file of files) {
    for (const document of parseAllDocuments(await readFile(file, "utf8"))) {
      const broken = document.errors[0];
      if (broken)
        throw new UserError(
          `${file}:${broken.linePos?.[0].line ?? 1}: ${broken.message.split("\n")[0]}`,
        );
      const source: unknown = document.toJS();
      if (source === null) continue;
      const { api } = readDocument(resourceKinds[0], source);
      if (api.deployed) for (const one of api.operations) ranked.push(routeOf(api, one));
    }
  }
  return ranked.sort(compareRoutes).map((one) => one.route);
}

function routeOf(api: RestApi, operation: Operation): RankedRoute {
  const path = pathMatch(api.context === "/" ? "" : api.context, operation);
  const policies = [
    ...api.policies.map((one) => chainPolicy(one, "api")),
    ...operation.policies.map((one) => chainPolicy(one, "route")),
  ];
  const { name, version, context, kind } = api;
  const chain = { api: { name, version, context, kind }, policies };
  const text = JSON.stringify(chain);
  return {
    path,
    headers: operation.headers,
    route: {
      name: `${name}/${operation.method} ${operation.path}@${text.length}-${hash(text)}`,
      match: {
        ...matchOf(path.match as Record<string, unknown>),
        method: operation.method,
        asSent: true,
      },
      upstream: upstreamOf(api),
      ...(policies.length ? { chain } : { disable: true }),
    },
  };
}

function matchOf(match: Record<string, unknown>): RouteMatch {
  if (typeof match["path"] === "string") return { path: match["path"] };
  if (typeof match["prefix"] === "string") return { prefix: match["prefix"] };
  const separated = match["path_separated_prefix"];
  if (typeof separated === "string")
    return { regex: `${separated.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&")}(/.*)?` };
  return { regex: (match["safe_regex"] as { regex: string }).regex };
}

/** The upstream under the API's context: what is behind the context goes behind the upstream's path. */
function upstreamOf(api: RestApi): Upstream {
  const { url, ref, hostRewrite } = api.upstream.main;
  const definition = api.upstreamDefinitions.find((one) => one.name === ref);
  const base = url ?? `${definition?.targets[0]?.url ?? ""}${definition?.basePath ?? ""}`;
  const send = proxyTo(base);
  if (typeof send !== "function") return send;
  const host = new URL(base).host;
  const cut = api.context === "/" ? 0 : api.context.length;
  return (request) =>
    send({
      ...request,
      path: request.path.slice(cut) || "/",
      headers: request.headers.map(([name, value]) => [
        name,
        name === "host" && hostRewrite === "auto" ? host : value,
      ]),
    });
}

/** Short and stable: the engine keeps a chain by its route's name. */
function hash(text: string): string {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  return (value >>> 0).toString(16);
}
