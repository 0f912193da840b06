/**
 * What the gateway's configuration adds to a policy's parameters: `policy_configurations.<name>_v<major>`, the name as
 * it is or without its dashes, or the one that `x-sluice-configuration` gives to policies that share a section. APIs
 * cannot set these.
 */
import { Ajv } from "ajv";
import type { FieldError } from "../../errors.ts";
import { takeServiceFiles, type FileProperty, type ServiceTrust } from "./service-files.ts";

export type PolicyConfigurations = Readonly<Record<string, object>>;

export interface SystemParameters {
  values: Record<string, unknown>;
  /** What is wrong with them: said when the policy is used, since nobody else suffers. */
  errors: FieldError[];
  /** How far the certificates of the services in them are trusted, where it is not as those of all. */
  trust: ServiceTrust;
}

/** A property with `x-sluice-withheld` may be configured, and is not for the chain: it would show in config dumps. */
interface SystemSchema {
  "x-sluice-configuration"?: string;
  properties?: Record<string, FileProperty & { "x-sluice-withheld"?: boolean }>;
  $defs?: Record<string, FileProperty>;
}

interface Owner {
  name: string;
  major: string;
  systemParameters?: SystemSchema;
  /** Its definitions are good for both schemas, as they are when the policy is built. */
  parameters?: { $defs?: Record<string, FileProperty> };
}

export function systemParametersOf(
  { name, major, systemParameters, parameters }: Owner,
  configurations: PolicyConfigurations,
): SystemParameters {
  if (!systemParameters) return { values: {}, errors: [], trust: new Map() };
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
    const { trust, problems } = takeServiceFiles(values, systemParameters, $defs);
    const errors = problems.map(([at, message]) => ({
      field: `policy_configurations.${section}${at}`,
      message: `${message}: the gateway's configuration has to be mended`,
    }));
    return { values, errors, trust };
  }
  const errors = (validate.errors ?? []).map(({ instancePath, message, params }) => ({
    field: `policy_configurations.${section}${instancePath.replaceAll("/", ".")}`,
    message: `${message ?? "is wrong"}${extra(params)}: the gateway's configuration has to be mended`,
  }));
  return { values, errors, trust: new Map() };
}

const extra = ({ additionalProperty }: Record<string, unknown>): string =>
  typeof additionalProperty === "string" ? ` (${additionalProperty})` : "";
