/**
 * What a chain does with bodies. A held one is bounded, as it stands in memory, and what it would hold of a WebSocket never
 * ends: there its route takes none. One that is looked at as it flows holds up nothing.
 */
const bodyUses = ["none", "flowing", "held"] as const;
export type BodyUse = (typeof bodyUses)[number];

/** What phases mean, by their names in a module's manifest. */
export function bodyUseOf(phases: readonly string[]): BodyUse {
  if (phases.some((phase) => phase.endsWith("_body"))) return "held";
  return phases.some((phase) => phase.endsWith("_chunk")) ? "flowing" : "none";
}

export const strongestUse = (uses: readonly BodyUse[]): BodyUse =>
  [...bodyUses].reverse().find((use) => uses.includes(use)) ?? "none";
