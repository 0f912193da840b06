/**
 * What the gateway's configuration adds to a policy's parameters: `policy_configurations.<name>_v<major>`, the name as
 * it is or without its dashes. APIs cannot set these.
 */
import { Ajv } from "ajv";
import type { FieldError } from "../errors.ts";

export type PolicyConfigurations = Readonly<Record<string, object>>;

export interface SystemParameters {
  values: Record<string, unknown>;
  /** What is wrong with them: said when the policy is used, since nobody else suffers. */
  errors: FieldError[];
}

interface Owner {
  name: string;
  major: string;
  systemParameters?: object;
}

export function systemParametersOf(
  { name, major, systemParameters }: Owner,
  configurations: PolicyConfigurations,
): SystemParameters {
  if (!systemParameters) return { values: {}, errors: [] };
  const names = [`${name}_${major}`, `${name.replaceAll("-", "")}_${major}`];
  const section = names.find((one) => configurations[one]) ?? names[1]!;
  const values = structuredClone(configurations[section] ?? {}) as Record<string, unknown>;
  const ajv = new Ajv({ strict: false, coerceTypes: true, useDefaults: true, logger: false });
  const validate = ajv.compile({ ...systemParameters, $id: undefined });
  if (validate(values)) return { values, errors: [] };
  const errors = (validate.errors ?? []).map(({ instancePath, message, params }) => ({
    field: `policy_configurations.${section}${instancePath.replaceAll("/", ".")}`,
    message: `${message ?? "is wrong"}${extra(params)}: the gateway's configuration has to be mended`,
  }));
  return { values, errors };
}

const extra = ({ additionalProperty }: Record<string, unknown>): string =>
  typeof additionalProperty === "string" ? ` (${additionalProperty})` : "";
