/**
 * What the gateway's configuration adds to a policy's parameters: `policy_configurations.<name>_v<major>`, the name as
 * it is or without its dashes, or the one that `x-sluice-configuration` gives to policies that share a section. APIs
 * cannot set these.
 */
import { Ajv } from "ajv";
import type { FieldError } from "../errors.ts";

export type PolicyConfigurations = Readonly<Record<string, object>>;

export interface SystemParameters {
  values: Record<string, unknown>;
  /** What is wrong with them: said when the policy is used, since nobody else suffers. */
  errors: FieldError[];
}

/** A property with `x-sluice-withheld` may be configured, and is not for the chain: it would show in config dumps. */
interface SystemSchema {
  "x-sluice-configuration"?: string;
  properties?: Readonly<Record<string, object & { "x-sluice-withheld"?: boolean }>>;
  $defs?: object;
}

interface Owner {
  name: string;
  major: string;
  systemParameters?: SystemSchema;
  /** Its definitions are good for both schemas, as they are when the policy is built. */
  parameters?: { $defs?: object };
}

export function systemParametersOf(
  { name, major, systemParameters, parameters }: Owner,
  configurations: PolicyConfigurations,
): SystemParameters {
  if (!systemParameters) return { values: {}, errors: [] };
  const owner = systemParameters["x-sluice-configuration"] ?? name;
  const names = [`${owner}_${major}`, `${owner.replaceAll("-", "")}_${major}`];
  const section = names.find((one) => configurations[one]) ?? names[1]!;
  const values = structuredClone(configurations[section] ?? {}) as Record<string, unknown>;
  const ajv = new Ajv({ strict: false, coerceTypes: true, useDefaults: true, logger: false });
  const $defs = { ...parameters?.$defs, ...systemParameters.$defs };
  const validate = ajv.compile({ ...systemParameters, $defs, $id: undefined });
  if (validate(values)) {
    for (const [key, schema] of Object.entries(systemParameters.properties ?? {}))
      if (schema["x-sluice-withheld"]) delete values[key];
    return { values, errors: [] };
  }
  const errors = (validate.errors ?? []).map(({ instancePath, message, params }) => ({
    field: `policy_configurations.${section}${instancePath.replaceAll("/", ".")}`,
    message: `${message ?? "is wrong"}${extra(params)}: the gateway's configuration has to be mended`,
  }));
  return { values, errors };
}

const extra = ({ additionalProperty }: Record<string, unknown>): string =>
  typeof additionalProperty === "string" ? ` (${additionalProperty})` : "";
