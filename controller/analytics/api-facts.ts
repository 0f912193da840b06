/** What events say of an API, looked up once for each of its revisions. */
import type { Control } from "../deploy/control.ts";
import type { ApiFacts } from "./options.ts";

export function apiFacts(control: Pick<Control, "get">): (handle: string) => ApiFacts | null {
  const known = new Map<string, { source: string; facts: ApiFacts }>();
  return (handle) => {
    const artifact = control.get(handle);
    if (!artifact) {
      known.delete(handle);
      return null;
    }
    const before = known.get(handle);
    if (before?.source === artifact.source) return before.facts;
    const { displayName, version, context } = (
      JSON.parse(artifact.source) as { spec: Record<string, unknown> }
    ).spec;
    const facts = {
      ...{ name: String(displayName ?? ""), version: String(version ?? ""), kind: artifact.kind },
      context: String(context ?? "").replaceAll("$version", String(version ?? "")),
    };
    known.set(handle, { source: artifact.source, facts });
    return facts;
  };
}
