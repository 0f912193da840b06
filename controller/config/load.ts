/**
 * The configuration of a gateway: the file, what the environment overrides, the tokens in both, and defaults for the rest.
 * Either everything is right or a UserError names each path that is not.
 */
import { existsSync, readFileSync } from "node:fs";
import { parse as parseToml } from "smol-toml";
import { parse as parseYaml } from "yaml";
import { reason, UserError, type FieldError } from "../errors.ts";
import { applyOverrides, readOverrides } from "./environment.ts";
import { schema, type Config } from "./schema/index.ts";
import { checkTogether } from "./check.ts";
import type { Tree } from "./path.ts";
import { applyAliases, doubles, withoutOverridden } from "./short-form/aliases.ts";
import { lenient } from "./shape.ts";
import { renderTokens, tokenSources } from "./tokens.ts";
import { validate, withoutEffect } from "./validate.ts";

export interface LoadedConfig {
  config: Config;
  /** Null: no file, defaults and the environment only. */
  file: string | null;
  /** What the file says and does nothing. */
  warnings: string[];
}

export interface ConfigSource {
  /** In place of the standard places. */
  file?: string;
  env?: Record<string, string | undefined>;
  /** Where a configuration is looked for. */
  places?: readonly string[];
}

const standardPlaces = ["gateway.yaml", "/etc/gateway/config.yaml"];

export function loadConfig(source: ConfigSource = {}): LoadedConfig {
  const env = source.env ?? process.env;
  const file =
    source.file ?? (source.places ?? standardPlaces).find((one) => existsSync(one)) ?? null;
  const errors: FieldError[] = [];
  const overrides = readOverrides(env, schema, errors);
  const overridden = overrides.map(({ path }) => path.join("."));
  const merged = withoutOverridden(file === null ? {} : parseFile(file), overridden);
  errors.push(...doubles(merged));
  applyOverrides(merged, overrides, schema);
  const rendered = renderTokens(merged, tokenSources(env), errors);
  const config = lenient(rendered, schema) as object;
  const warnings = withoutEffect(config, schema);
  // A token that failed left an empty text: its own fault says more than what the schema thinks of that.
  const known = new Set(errors.map(({ field }) => field));
  errors.push(...validate(config, schema).filter(({ field }) => !known.has(field)));
  applyAliases(config as Tree);
  if (errors.length === 0) errors.push(...checkTogether(config as Config));
  if (errors.length > 0) {
    const origin = (field: string) =>
      overrides.find(({ path }) => path.join(".") === field)?.variable;
    throw new UserError(
      `${file ?? "the environment"}: the configuration is not valid`,
      errors.map(({ field, message }) => ({
        field,
        message: origin(field) ? `${message} (from ${origin(field)})` : message,
      })),
    );
  }
  return {
    config: config as Config,
    file,
    warnings: warnings.map(({ field, message }) => `${field} ${message}`),
  };
}

function parseFile(file: string): Tree {
  let value: unknown;
  try {
    const text = readFileSync(file, "utf8");
    value = /\.toml$/i.test(file)
      ? parseToml(text)
      : (parseYaml(text, { uniqueKeys: true, maxAliasCount: 100, logLevel: "error" }) ?? {});
  } catch (error) {
    throw new UserError(`${file}: ${reason(error).split("\n")[0]}`);
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Tree;
  throw new UserError(`${file}: expected a configuration with sections, found ${typeof value}`);
}
