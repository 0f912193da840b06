/** Which route a request takes: the first whose match holds, as in a virtual host's list. */
import { toByteString } from "../bytes.ts";
import type { HeaderMap } from "./headers.ts";
import type { Upstream } from "./upstream.ts";

/** A chain of policies in the form in which it stands in a route's metadata. */
export interface Chain {
  api?: Record<string, unknown>;
  policies: ChainLink[];
}

export interface ChainLink {
  name: string;
  version?: string;
  params?: object;
  executionCondition?: string;
  attachedTo?: "api" | "route";
}

export interface RouteMatch {
  path?: string;
  prefix?: string;
  /** The whole path, without the query. */
  regex?: string;
  method?: string;
  headers?: Record<string, string>;
  /** Path and method as the client sent them, as in the gateway, whatever a module made of them. */
  asSent?: boolean;
}

export interface Route {
  name?: string;
  match?: RouteMatch;
  chain?: Chain;
  /** Route metadata by namespace. */
  metadata?: Record<string, Record<string, unknown>>;
  upstream?: Upstream;
  /** The upstream's name in properties. */
  cluster?: string;
  /** Answers by itself, as a direct response does. */
  respond?: { status: number; body?: string };
  /** Filters that do not see this route's requests: all, or those named. */
  disable?: boolean | string[];
  timeoutMs?: number;
  prefixRewrite?: string;
}

export interface ReadyRoute extends Route {
  name: string;
  metadata: Record<string, Record<string, unknown>>;
  /** On the headers as they are now, and as they came. */
  matches(headers: HeaderMap, sent: HeaderMap): boolean;
}

export function readyRoutes(routes: readonly Route[]): ReadyRoute[] {
  return routes.map((route, index) => {
    const { chain, match = {} } = route;
    const metadata = { ...route.metadata };
    if (chain) metadata.sluice = { ...metadata.sluice, chain: JSON.stringify(chain) };
    return {
      ...route,
      name: toByteString(route.name ?? `route-${index}`),
      metadata,
      matches: matcher(match),
    };
  });
}

function matcher(match: RouteMatch): ReadyRoute["matches"] {
  const { path, prefix, method, asSent } = match;
  const regex = match.regex === undefined ? null : new RegExp(`^(?:${match.regex})$`);
  const headers = Object.entries(match.headers ?? {});
  return (map, sent) => {
    const from = asSent ? sent : map;
    const whole = from.get(":path") ?? "";
    if (!whole.startsWith(prefix ?? "/")) return false;
    if (method !== undefined && from.get(":method") !== method) return false;
    if (path !== undefined || regex) {
      const bare = whole.split("?", 1)[0]!;
      if (path !== undefined && bare !== path) return false;
      if (regex && !regex.test(bare)) return false;
    }
    return headers.every(([name, value]) => map.get(name) === value);
  };
}
