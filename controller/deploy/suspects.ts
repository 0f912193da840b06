/**
 * Who is to blame when an Envoy refuses a resource in which several APIs are unproven, as after a start: the one that it
 * cannot take must not take the others with it. The newer half is set aside again and again until the rest is taken or
 * one is left, whose fault it is; those set aside come back one by one, each to be proven alone.
 */
import type { Deployed } from "./resources/deployments.ts";

/** A route configuration or a cluster. */
export interface Shared {
  kind: "route" | "cluster";
  name: string;
}

export class Suspects {
  private readonly aside = new Map<string, { deployed: Deployed; shared: Shared }>();

  constructor(private readonly changedAt: (handle: string) => string) {}

  /** Those to be set aside: nobody when one alone is suspect. */
  newerOf(handles: readonly string[]): string[] {
    const byAge = [...handles].sort((a, b) => (this.changedAt(a) < this.changedAt(b) ? -1 : 1));
    return byAge.slice(Math.ceil(byAge.length / 2));
  }

  setAside(handle: string, deployed: Deployed, shared: Shared): void {
    this.aside.set(handle, { deployed, shared });
  }

  /** One that may come back: none of those that share its resource waits to be proven. Null when there is none. */
  next(isSettled: (shared: Shared) => boolean): { handle: string; deployed: Deployed } | null {
    for (const [handle, { deployed, shared }] of this.aside)
      if (isSettled(shared)) return { handle, deployed };
    return null;
  }

  /** It is back, or there is another revision, or it is gone. */
  forget(handle: string): void {
    this.aside.delete(handle);
  }
}
