/** What a module says of itself: the section that the build appends. */
import { reason, UserError } from "../errors.ts";
import { Reader } from "../model/reader.ts";

export interface ModuleManifest {
  sdk?: string;
  /** Whether it looks things up in the feed, and puts secrets into chains. */
  feed?: boolean;
  /** The hash of the module that this one only stands in for, while somebody works on a policy. */
  standsInFor?: string;
  policies: ManifestPolicy[];
}

export interface ManifestPolicy {
  name: string;
  version: string;
  phases?: string[];
  /** JSON Schema of the parameters, when the module carries it. */
  parameters?: object;
  systemParameters?: object;
  displayName?: string;
  description?: string;
}

export const manifestSection = "sluice.manifest";

/** A foreign module has no manifest: it is a filter, and has no policies to name in a chain. */
export function readManifest(section: Uint8Array | undefined): ModuleManifest {
  if (!section) return { policies: [] };
  const manifest = parse(section);
  const reader = new Reader(manifest, manifestSection);
  reader.isObject();
  reader.at("sdk").text();
  reader.at("feed").flag();
  reader.at("policies").required().items().forEach(readPolicy);
  const { errors } = reader.findings;
  if (errors.length > 0) throw new UserError("The module's manifest is not valid", errors);
  return manifest as ModuleManifest;
}

function readPolicy(policy: Reader): void {
  policy
    .at("name")
    .required()
    .text({ max: 253, pattern: /^[^\s\p{C}]+$/u });
  policy
    .at("version")
    .required()
    .text({ max: 64, pattern: /^v?\d+\.\d+\.\d+/ });
  for (const name of ["displayName", "description"]) policy.at(name).text({ min: 0 });
  for (const phase of policy.at("phases").items()) phase.text();
  // A number is a text in documents, which people write.
  for (const name of ["name", "version", "displayName", "description"])
    if (!policy.at(name).absent && typeof policy.at(name).raw() !== "string")
      policy.at(name).fail("must be a text");
  for (const name of ["parameters", "systemParameters"]) policy.at(name).isObject();
}

function parse(section: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(section));
  } catch (error) {
    throw new UserError("The module's manifest cannot be read", [
      { field: manifestSection, message: reason(error) },
    ]);
  }
}
