/**
 * While somebody watches, a gateway serves a module that stands in for the whole one. It says so itself: if the watching
 * ends without bringing that one back, as by a SIGKILL, every later command knows.
 */
import { Writer } from "../build/wasm/bytes.ts";

/** Read by the controller, which tells it with its modules: `controller/modules/check.ts`. */
const section = "sluice.stands-in-for";

export interface ServedModule {
  hash: string;
  policies: { name: string; version: string }[];
  serving: boolean;
  /** The hash of the whole one. */
  standsInFor?: string;
}

export function standingInFor(hash: string, module: Uint8Array): Uint8Array {
  const content = new Writer().name(section).put(new TextEncoder().encode(hash)).finish();
  return new Writer().put(module).byte(0).unsigned(content.length).put(content).finish();
}

/** The module that serves, or the one that it stands in for. */
export function wholeOf<T extends ServedModule>(modules: readonly T[]): T | null {
  const serving = modules.find((module) => module.serving);
  return modules.find(({ hash }) => hash === serving?.standsInFor) ?? serving ?? null;
}

/** What there is to say of a gateway whose module stands in for another one. */
export function remarksOn(modules: readonly ServedModule[]): string[] {
  const whole = modules.find(({ serving }) => serving)?.standsInFor?.slice(0, 12);
  return whole
    ? [
        "the gateway has only the policies in use, for ap policy publish --watch; " +
          `if nobody watches any more, ap policy rollback brings all of ${whole} back`,
      ]
    : [];
}
