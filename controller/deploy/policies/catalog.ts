/**
 * The policies this gateway can run, and the check of every reference to one: it must be installed exactly once in its
 * major version, and its parameters must fit its schema.
 */
import { Ajv, type ErrorObject, type ValidateFunction } from "ajv";
import { reason, UserError, type FieldError } from "../../errors.ts";
import { hasMarks } from "../../model/references.ts";
import type { PolicyReference } from "../../model/shared.ts";
import type { UpstreamTls } from "../../model/upstream-tls.ts";
import { bodyUseOf, strongestUse, type BodyUse } from "../../translate/body-use.ts";
import { changeMarked, markedIn, type Mark } from "../../translate/marked.ts";
import { serviceCluster } from "../../translate/services.ts";
import { wronglyCoerced } from "./coerced.ts";
import { changeNested, nestedIn, withNested } from "./nested.ts";
import {
  systemParametersOf,
  type PolicyConfigurations,
  type SystemParameters,
} from "./system-parameters.ts";

export interface PolicyDefinition {
  name: string;
  /** Complete, for example 1.1.0. */
  version: string;
  displayName?: string;
  description?: string;
  /** JSON Schema of the parameters. */
  parameters: object;
  /** JSON Schema of what the gateway's configuration adds to them. */
  systemParameters?: object;
  /** The phases it takes part in, as the module's manifest says them. */
  phases?: string[];
}

interface Installed extends PolicyDefinition {
  major: string;
  validate: ValidateFunction;
  system: SystemParameters;
}

export class PolicyCatalog {
  private readonly installed: Installed[];

  constructor(definitions: readonly PolicyDefinition[], configurations: PolicyConfigurations = {}) {
    // Coercion as the documents expect it: "5" is an integer where the schema wants one.
    const ajv = new Ajv({ allErrors: true, strict: false, coerceTypes: true, logger: false });
    this.installed = definitions.map((definition) => {
      try {
        const validate = ajv.compile({ ...definition.parameters, $id: undefined });
        const major = majorOf(definition.version);
        const system = systemParametersOf({ ...definition, major }, configurations);
        return { ...definition, major, validate, system };
      } catch (error) {
        throw new UserError(
          `policy ${definition.name} ${definition.version}: parameters: expected a JSON Schema: ${reason(error)}`,
        );
      }
    });
  }

  list(): PolicyDefinition[] {
    return this.installed.map(
      ({ name, version, displayName, description, parameters, systemParameters, phases }) => ({
        name,
        version,
        displayName: displayName ?? name,
        description: description ?? "",
        parameters,
        ...(systemParameters && { systemParameters }),
        phases: phases ?? [],
      }),
    );
  }

  /** The one that a reference means: of its version, or of the newest. */
  named({ name, version }: Pick<PolicyReference, "name" | "version">): PolicyDefinition | null {
    const all = this.installed.filter((policy) => policy.name === name);
    if (all.length === 0) return null;
    const wanted = version || newest(all).major;
    return all.find(({ major }) => major === wanted) ?? null;
  }

  /** One text for which policies read bodies, and how. */
  bodyUses(): string {
    return this.installed
      .map(({ name, major, phases = [] }) => ({ name, major, use: bodyUseOf(phases) }))
      .filter(({ use }) => use !== "none")
      .map(({ name, major, use }) => `${name} ${major} ${use}`)
      .sort()
      .join();
  }

  bodyUse(reference: PolicyReference): BodyUse {
    const found = this.find(reference);
    if (!found) return "none";
    return strongestUse([
      bodyUseOf(found.phases ?? []),
      ...this.nested(reference).map((one) => this.bodyUse(one)),
    ]);
  }

  /** The URLs of the services that a checked reference calls. */
  services(reference: PolicyReference): string[] {
    return this.marked("x-sluice-service", reference);
  }

  /** Values of a checked reference that nobody may read. */
  secrets(reference: PolicyReference): string[] {
    return this.marked("x-secret", reference);
  }

  /** Parameters with other texts in place of those that nobody may read, in any version of the policy. */
  changeSecrets(
    name: string,
    params: Record<string, unknown>,
    change: (text: string) => string,
  ): Record<string, unknown> {
    const inner = (other: string, its: Record<string, unknown>) =>
      this.changeSecrets(other, its, change);
    return this.installed
      .filter((policy) => policy.name === name)
      .flatMap(schemasOf)
      .reduce<Record<string, unknown>>((one, schema) => {
        const own = changeMarked("x-secret", one, schema, change) as Record<string, unknown>;
        return changeNested(own, schema, inner);
      }, params);
  }

  private marked(mark: Mark, reference: PolicyReference): string[] {
    const found = this.find(reference);
    if (!found) return [];
    const own = schemasOf(found).flatMap((schema) => markedIn(mark, reference.params, schema));
    return [...own, ...this.nested(reference).flatMap((one) => this.marked(mark, one))];
  }

  /** How the gateway's configuration trusts a service's certificate, whoever calls it; null: as all. */
  serviceTrust(cluster: string): UpstreamTls | null {
    const all = this.installed.flatMap(({ system }) => system.trust.get(cluster) ?? []);
    // One that wants it verified does not lose to one that does not care.
    return all.find((one) => !one.insecureSkipVerify) ?? all[0] ?? null;
  }

  /** The upstream definitions that a checked reference chooses from. */
  upstreams(reference: PolicyReference): string[] {
    const found = this.find(reference);
    if (!found) return [];
    const own = markedIn("x-sluice-upstream", reference.params, found.parameters);
    return [...own, ...this.nested(reference).flatMap((one) => this.upstreams(one))];
  }

  private nested(reference: PolicyReference): PolicyReference[] {
    const found = this.find(reference);
    return found ? nestedIn(reference, found.parameters) : [];
  }

  private find(reference: PolicyReference): Installed | undefined {
    return this.installed.find(
      ({ name, major }) => name === reference.name && major === reference.version,
    );
  }

  /** The reference with its version and coerced parameters, or what is wrong with it. */
  check<P extends PolicyReference>(
    reference: P,
    revealed = <T>(params: T): T => params,
  ): { resolved: P } | { errors: FieldError[] } {
    const { name, version, field } = reference;
    const all = this.installed.filter((policy) => policy.name === name);
    if (all.length === 0)
      return problem(`${field}.name`, `policy '${name}' is not installed${this.closest(name)}`);
    const wanted = version || newest(all).major;
    const matching = all.filter(({ major }) => major === wanted);
    if (matching.length !== 1)
      return problem(
        `${field}.version`,
        matching.length === 0
          ? `policy '${name}' has no version ${wanted}; installed: ${all.map(({ major }) => major).join(", ")}`
          : `policy '${name}' is installed ${matching.length} times in version ${wanted}`,
      );
    const params = structuredClone(reference.params);
    const { validate, system, systemParameters, parameters } = matching[0]!;
    if (!validate(revealed(params)))
      return {
        errors: (validate.errors ?? []).map((error) => fieldError(error, `${field}.params`)),
      };
    // Coerces what is not secret; for what is, the values fit already.
    validate(params);
    const coerced = wronglyCoerced(reference.params, params, `${field}.params`);
    if (coerced.length > 0) return { errors: coerced };
    const reserved = Object.keys(propertiesOf(systemParameters)).find((key) => key in params);
    if (reserved)
      return problem(`${field}.params.${reserved}`, "is set by the gateway's configuration");
    if (system.errors.length > 0) return { errors: system.errors };
    const nested = nestedIn({ params, field }, parameters).map((one) => this.check(one, revealed));
    const errors = nested.flatMap((one) => ("errors" in one ? one.errors : []));
    if (errors.length > 0) return { errors };
    const inner = nested.flatMap((one) => ("resolved" in one ? [one.resolved] : []));
    const own = { ...withNested(params, parameters, inner), ...system.values };
    const resolved = { ...reference, version: wanted, params: own };
    const services = this.services(resolved);
    if (services.some(hasMarks))
      return problem(`${field}.params`, "a URL that Envoy has to know cannot come from a secret");
    const wrong = services.find((url) => !serviceCluster(url, noDefaults));
    if (wrong !== undefined)
      return problem(`${field}.params`, `'${wrong}' is no http or https URL of a host`);
    return { resolved };
  }

  private closest(name: string): string {
    const near = this.installed.find(
      (policy) => policy.name.includes(name) || name.includes(policy.name),
    );
    return near ? `; did you mean '${near.name}'?` : "";
  }
}

const schemasOf = ({ parameters, systemParameters }: PolicyDefinition): object[] => [
  parameters,
  systemParameters ?? {},
];

const noDefaults = { connectTimeoutMs: 0 };

const propertiesOf = (schema: { properties?: object } | undefined): object =>
  schema?.properties ?? {};

const problem = (field: string, message: string) => ({ errors: [{ field, message }] });

export const majorOf = (version: string): string => `v${version.replace(/^v/, "").split(".")[0]}`;

const newest = (policies: Installed[]): Installed =>
  [...policies].sort((a, b) => Number(b.major.slice(1)) - Number(a.major.slice(1)))[0]!;

/** ajv's `/headers/0/name` as the document's `.headers[0].name`. */
function fieldError(error: ErrorObject, root: string): FieldError {
  const path = error.instancePath
    .split("/")
    .slice(1)
    .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"))
    .map((part) => (/^\d+$/.test(part) ? `[${part}]` : `.${part}`))
    .join("");
  const params = error.params as Record<string, unknown>;
  const extra = params["additionalProperty"] ?? params["missingProperty"];
  const field = root + path + (typeof extra === "string" ? `.${extra}` : "");
  if (error.keyword === "required") return { field, message: "is required" };
  if (error.keyword === "additionalProperties")
    return { field, message: "is not a parameter of this policy" };
  if (error.keyword === "type")
    return { field, message: `Invalid type: must be ${String(params["type"])}` };
  if (error.keyword === "enum")
    return {
      field,
      message: `must be one of ${(params["allowedValues"] as unknown[]).join(", ")}`,
    };
  return { field, message: error.message ?? `breaks the rule ${error.keyword}` };
}
