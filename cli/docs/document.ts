/**
 * An example as a gateway takes it: the policies of an API's document, and apart from them what of their parameters an
 * API may not set, because it is the gateway's configuration.
 */
import { join } from "node:path";
import type { Case } from "../../host-sim/cases.ts";
import type { ChainLink } from "../../host-sim/http/routes.ts";
import { readDefinition, type Definition } from "../build/definition.ts";
import { packageRoot } from "../package-root.ts";

export interface ExampleDocument {
  policies: object[];
  /** By the keys below `policy_configurations`. */
  configurations: Record<string, object>;
}

export const majorOf = ({ version }: Pick<Definition, "version">): string =>
  `v${version.split(".")[0]}`;

/** The key below `policy_configurations`. */
export function sectionOf({ name, version, systemParameters }: Definition): string {
  const named = systemParameters as { "x-sluice-configuration"?: string } | undefined;
  const owner = named?.["x-sluice-configuration"] ?? name.replaceAll("-", "");
  return `${owner}_${majorOf({ version })}`;
}

export async function documentOf(one: Case, owner: Definition): Promise<ExampleDocument> {
  const configurations: Record<string, object> = {};
  const policies: object[] = [];
  for (const { name, version, executionCondition, params = {} } of linksOf(one, owner)) {
    const definition = name === owner.name ? owner : await definitionOf(name);
    const own = definition?.systemParameters?.properties ?? {};
    const [system, set] = [true, false].map((is) =>
      Object.fromEntries(Object.entries(params).filter(([key]) => key in own === is)),
    ) as [object, object];
    if (definition && Object.keys(system).length > 0)
      configurations[sectionOf(definition)] = system;
    policies.push({
      ...{ name, version: version ?? majorOf(owner) },
      ...(executionCondition && { executionCondition }),
      params: set,
    });
  }
  return { policies, configurations };
}

/** Of the shelf; null of a policy elsewhere. */
const definitionOf = (name: string): Promise<Definition | null> =>
  readDefinition(join(packageRoot, "policies", name)).catch(() => null);

function linksOf(one: Case, owner: Definition): ChainLink[] {
  const chain = one.chain ?? one.routes?.[0]?.chain;
  if (Array.isArray(chain)) return chain;
  const { name } = owner;
  return (
    chain?.policies ?? [
      { name, version: majorOf(owner), ...(one.params && { params: one.params }) },
    ]
  );
}
