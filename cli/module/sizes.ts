/**
 * How much of a module's code is each policy's: told by the map beside it, so code that was inlined counts where it came
 * from. What the policies share, the engine and the SDK, is nobody's.
 */
import { readFile } from "node:fs/promises";
import { readMappings, type SourceMap } from "../build/source-map.ts";

/** Null without a map. */
export async function codeByPolicy(
  file: string,
  codeBytes: number,
): Promise<Map<string, number> | null> {
  const text = await readFile(`${file}.map`, "utf8").catch(() => null);
  if (text === null) return null;
  const map = JSON.parse(text) as SourceMap;
  const mappings = readMappings(map);
  const sizes = new Map<string, number>();
  mappings.forEach(({ offset, source }, i) => {
    const [, policy] = /(?:^|\/)policies\/([^/]+)\//.exec(map.sources[source] ?? "") ?? [];
    const next = mappings[i + 1]?.offset ?? offset;
    if (policy) sizes.set(policy, (sizes.get(policy) ?? 0) + Math.min(next - offset, codeBytes));
  });
  return sizes;
}
