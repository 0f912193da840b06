/** The policies that a route of the short form asks for: limits by address, then who may call, then limits of the caller. */
import { createHash } from "node:crypto";
import type { Route, ShortForm } from "./route.ts";

interface PolicyEntry {
  name: string;
  version: "v1";
  params: object;
  executionCondition?: string;
}

const defaultHeader = "X-API-Key";
/** The name of the issuer's keys among the key managers of jwt-auth. */
export const keyManager = "gateway-configuration";

export function routePolicies(route: Route, shortForm: ShortForm): PolicyEntry[] {
  const { authentication, rate_limiting: limits } = shortForm;
  const wanted =
    route.authentication ??
    (["jwt", "api_key"] as const).filter((kind) => authentication[kind] !== undefined);
  return [
    ...limit(addressLimit(route, limits), limits),
    ...limit(
      route.rate_limit
        ? [{ name: "route", ...rated(route.rate_limit), keys: [{ type: "apiname" }] }]
        : [],
      limits,
    ),
    ...authenticators(wanted, authentication),
    ...(wanted.includes("api_key") ? keyLimits(authentication, limits) : []),
  ];
}

type Limits = ShortForm["rate_limiting"];

interface Quota {
  name: string;
  limit: number;
  duration: string;
  burst?: number | undefined;
  keys: object[];
}

/** A path's own limit counts instead of the default, for each client address. */
function addressLimit({ path }: Route, limits: Limits): Quota[] {
  const keys = [{ type: "ip" }];
  const own = limits?.per_endpoint[path];
  if (own !== undefined) return [{ name: "endpoint", ...rated(own), keys }];
  if (!limits?.default) return [];
  const { requests, window, burst_size: burst } = limits.default;
  return [{ name: "default", limit: requests, duration: window, burst, keys }];
}

const maxQuotas = 10;

function limit(quotas: readonly Quota[], limits: Limits): PolicyEntry[] {
  const algorithm = limits?.algorithm === "token_bucket" ? "token-bucket" : "sliding-window";
  const entries: PolicyEntry[] = [];
  for (let at = 0; at < quotas.length; at += maxQuotas)
    entries.push({
      name: "advanced-ratelimit",
      version: "v1",
      params: {
        quotas: quotas.slice(at, at + maxQuotas).map(({ name, limit, duration, burst, keys }) => ({
          ...{ name, algorithm },
          limits: [
            {
              limit,
              duration,
              ...(burst !== undefined && algorithm === "token-bucket" && { burst }),
            },
          ],
          keyExtraction: keys,
        })),
      },
    });
  return entries;
}

function keyLimits({ api_key: api }: ShortForm["authentication"], limits: Limits): PolicyEntry[] {
  const limited = (api?.keys ?? []).flatMap(({ name, rate_limit: rate }) =>
    rate ? [{ name, rate }] : [],
  );
  return limit(
    limited.map(({ name, rate }) => ({
      name: `key ${name}`,
      ...rated(rate),
      keys: [{ type: "consumer", match: { value: `^${name.replace(/[^A-Za-z0-9]/g, "\\$&")}$` } }],
    })),
    limits,
  );
}

const units: Record<string, string> = { second: "1s", minute: "1m", hour: "1h", day: "24h" };

/** `1000/minute`. */
function rated(rate: string): { limit: number; duration: string } {
  const [amount = "", per = ""] = rate.split("/");
  return { limit: Number(amount), duration: units[per] ?? per };
}

const sent = (header: string): string => `"${header.toLowerCase()}" in request.Headers`;

/**
 * With both kinds a caller shows one of them: with `Authorization` the token counts, else the key. The conditions leave no
 * request without one that runs. Keys come first and the query before the header: each condition asks for a header that
 * only a later policy takes away.
 */
function authenticators(
  wanted: readonly string[],
  { jwt, api_key: api }: ShortForm["authentication"],
): PolicyEntry[] {
  const tokens = wanted.includes("jwt") ? jwt : undefined;
  const keys = wanted.includes("api_key") ? api : undefined;
  const both = tokens !== undefined && keys !== undefined;
  const guarded = (...conditions: string[]) =>
    conditions.length > 0 ? { executionCondition: conditions.join(" && ") } : {};
  const entries: PolicyEntry[] = [];
  if (keys) {
    const without = both ? [`!(${sent("authorization")})`] : [];
    const { query_param: query, header = query === undefined ? defaultHeader : undefined } = keys;
    const twice = header !== undefined && query !== undefined;
    if (query !== undefined)
      entries.push({
        ...keyAuth("query", query, keys.keys),
        ...guarded(...without, ...(twice ? [`!(${sent(header)})`] : [])),
      });
    if (header !== undefined)
      entries.push({
        ...keyAuth("header", header, keys.keys),
        ...guarded(...without, ...(twice ? [sent(header)] : [])),
      });
  }
  if (tokens)
    entries.push({
      name: "jwt-auth",
      version: "v1",
      params: {
        issuers: [keyManager],
        ...(tokens.audience.length > 0 && { audiences: tokens.audience }),
        // What stands behind a small proxy expects the header that the client sent.
        forwardedTokenHeader: "Authorization",
      },
      ...guarded(...(both ? [sent("authorization")] : [])),
    });
  return entries;
}

type Keys = NonNullable<ShortForm["authentication"]["api_key"]>["keys"];

const keyAuth = (where: "header" | "query", key: string, keys: Keys): PolicyEntry => ({
  name: "api-key-auth",
  version: "v1",
  params: {
    ...{ in: where, key },
    keys: keys.map(({ name, key }) => ({
      ...{ name, consumer: name },
      sha256: createHash("sha256").update(key).digest("hex"),
    })),
    hideCredential: true,
  },
});
