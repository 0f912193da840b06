/**
 * Overrides from the environment, by one rule: `GATEWAY_` and the key's path in capitals, with two underscores between
 * levels: `GATEWAY_CONTROLLER__SERVER__API_PORT` is `controller.server.api_port`. Four short names stand beside it. A name that
 * means nothing stops the start, for it is a misspelt one; what Kubernetes sets for a service called "gateway" is left alone.
 */
import type { FieldError } from "../errors.ts";
import type { JsonSchema } from "./field.ts";
import { put, type Tree } from "./path.ts";
import { propertyOf } from "./shape.ts";

const prefix = "GATEWAY_";

const short: Record<string, string[]> = {
  GATEWAY_HTTP_PORT: ["router", "listener_port"],
  GATEWAY_LOG_LEVEL: ["controller", "logging", "level"],
  GATEWAY_DB_CONNECTION: ["controller", "storage", "connection"],
  GATEWAY_METRICS_ENABLED: ["controller", "metrics", "enabled"],
};

const kubernetes = /^GATEWAY_(SERVICE_(HOST|PORT)|PORT)(_[A-Z0-9_]+)?$/;

export interface Override {
  variable: string;
  path: string[];
  value: string;
}

export function readOverrides(
  env: Record<string, string | undefined>,
  schema: JsonSchema,
  errors: FieldError[],
): Override[] {
  return Object.entries(env).flatMap(([variable, value]) => {
    if (!variable.startsWith(prefix) || value === undefined || kubernetes.test(variable)) return [];
    const path = short[variable] ?? variable.slice(prefix.length).toLowerCase().split("__");
    const target = path.reduce<JsonSchema | null>((at, key) => at && propertyOf(at, key), schema);
    if (!target || target.properties) {
      errors.push({
        field: variable,
        message: `expected ${prefix} and the path of a key, two underscores between levels; found ${path.join(".")}`,
      });
      return [];
    }
    return [{ variable, path, value }];
  });
}

/** Sets each. Lists and tables are written as JSON. */
export function applyOverrides(
  file: Tree,
  overrides: readonly Override[],
  schema: JsonSchema,
): void {
  for (const { path, value } of overrides) {
    const target = path.reduce<JsonSchema | null>(
      (one, key) => one && propertyOf(one, key),
      schema,
    );
    put(file, path, /^\s*[[{]/.test(value) && target?.type !== "string" ? asJson(value) : value);
  }
}

function asJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
