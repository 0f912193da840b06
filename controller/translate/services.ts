/**
 * Services that policies call by URL. A parameter that its schema marks with `x-sluice-service` names one; each origin
 * becomes a cluster whose name the SDK's `Call.to` computes from the same URL.
 */
import { cluster } from "../xds/resources/cluster.ts";
import type { TargetDefaults, TargetResource } from "./targets.ts";

interface Schema {
  properties?: Record<string, Schema>;
  additionalProperties?: boolean | Schema;
  items?: Schema;
  $ref?: string;
  $defs?: Record<string, Schema>;
  "x-sluice-service"?: boolean;
  "x-sluice-upstream"?: boolean;
}

type Mark = "x-sluice-service" | "x-sluice-upstream";

/** The texts in `value` that its schema marks: URLs of services, names of upstream definitions. */
export function markedIn(
  mark: Mark,
  value: unknown,
  schema: Schema,
  root: Schema = schema,
): string[] {
  if (schema.$ref) {
    const name = schema.$ref.slice(schema.$ref.lastIndexOf("/") + 1);
    const target = root.$defs?.[name];
    return target ? markedIn(mark, value, target, root) : [];
  }
  if (typeof value === "string") return schema[mark] && value ? [value] : [];
  if (Array.isArray(value))
    return schema.items ? value.flatMap((item) => markedIn(mark, item, schema.items!, root)) : [];
  if (typeof value !== "object" || value === null) return [];
  const others = schema.additionalProperties;
  return Object.entries(value).flatMap(([key, inner]) => {
    const known = schema.properties?.[key] ?? (typeof others === "object" ? others : null);
    return known ? markedIn(mark, inner, known, root) : [];
  });
}

/** Null unless it is an http or https URL of a host. */
export function serviceCluster(text: string, defaults: TargetDefaults): TargetResource | null {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (!url || !/^https?:$/.test(url.protocol) || url.username || url.password) return null;
  const tls = url.protocol === "https:";
  const port = Number(url.port) || (tls ? 443 : 80);
  const name = `out|${url.protocol.slice(0, -1)}|${url.hostname}|${port}`;
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const { connectTimeoutMs } = defaults;
  return {
    kind: "cluster",
    name,
    body: cluster({ name, endpoints: [{ host, port }], connectTimeoutMs, tls }),
  };
}
