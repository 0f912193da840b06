/** What a module says of itself in its custom section `sluice.manifest`: read by whoever loads it. */
import type { Definition, Schema } from "./definition.ts";
import { handlers } from "./syntax/source.ts";

/** Chains written for this version of the SDK, and for the one before, run in the module. */
const sdkVersion = "1";

export interface Manifest {
  sdk: string;
  /** There if the module looks things up in the feed, and puts secrets into chains. */
  feed?: true;
  policies: ManifestPolicy[];
}

export interface ManifestPolicy {
  name: string;
  version: string;
  displayName?: string;
  description: string;
  /** `request_headers`, `response_body`, … */
  phases: string[];
  parameters: Schema;
  systemParameters?: Schema;
}

export function manifestOf(
  definitions: readonly Definition[],
  handles: readonly number[],
  fed: boolean,
): Manifest {
  return {
    sdk: sdkVersion,
    ...(fed && { feed: true as const }),
    policies: definitions.map(({ folder: _, displayName, ...definition }, i) => ({
      ...definition,
      ...(displayName !== definition.name && { displayName }),
      phases: phasesOf(handles[i] ?? 0),
    })),
  };
}

function phasesOf(handles: number): string[] {
  return Object.entries(handlers)
    .filter(([, bit]) => handles & bit)
    .map(([name]) =>
      name
        .slice(2)
        .replace(/(?!^)[A-Z]/g, (letter) => `_${letter}`)
        .toLowerCase(),
    );
}
