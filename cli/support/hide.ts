/** Takes secrets out of what goes into a bundle: by names and shapes, by what policies mark, and the user's own by value. */
import { walk } from "../../controller/config/shape.ts";
import type { JsonSchema } from "../../controller/config/field.ts";
import { hidden, isTemplate, redact } from "../../controller/people/redact.ts";
import type { Auth } from "../client/profiles.ts";

/** A policy as the gateway describes it. */
export interface DescribedPolicy {
  name: string;
  parameters: JsonSchema;
}

/** A document without its secrets; parameters that their policy marks are hidden whatever they are called. */
export const hideIn = (document: unknown, policies: readonly DescribedPolicy[]): unknown =>
  redact(withoutMarked(document, policies));

function withoutMarked(value: unknown, policies: readonly DescribedPolicy[]): unknown {
  if (Array.isArray(value)) return value.map((one) => withoutMarked(one, policies));
  if (typeof value !== "object" || value === null) return value;
  const { name, params } = value as { name?: unknown; params?: unknown };
  const schema = policies.find((policy) => policy.name === name)?.parameters;
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [
      key,
      key === "params" && schema && params === one
        ? walk(one, schema, hideMarked)
        : withoutMarked(one, policies),
    ]),
  );
}

const hideMarked = (value: unknown, schema: JsonSchema): unknown =>
  schema["x-secret"] && !(typeof value === "string" && isTemplate(value)) ? hidden : value;

/** What the user's own credentials are, so that no text can carry them along. */
export function ownSecrets(auth: Auth | undefined): string[] {
  const { WSO2AP_GW_PASSWORD, WSO2AP_GW_TOKEN } = process.env;
  return [auth?.password, auth?.token, WSO2AP_GW_PASSWORD, WSO2AP_GW_TOKEN].filter(
    (one): one is string => one !== undefined && one.length > 0,
  );
}

export const withoutOwn = (text: string, secrets: readonly string[]): string =>
  secrets.reduce((left, secret) => left.replaceAll(secret, hidden), text);
