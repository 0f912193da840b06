/** What is known of one Envoy and one kind of resource. */
import type { Kind } from "../kinds.ts";

export interface Rejection {
  kind: Kind;
  name: string;
  version: string;
  message: string;
}

export class KindState {
  subscribed = false;
  wildcard = false;
  /** Whether anything was sent yet: who asks for everything waits for an answer, be it empty. */
  spoken = false;
  readonly names = new Set<string>();
  /** Versions the Envoy has, as far as is known; a name it was told does not exist has none. */
  readonly held = new Map<string, string>();
  /** What was sent last, acknowledged or not. */
  readonly sent = new Map<string, string>();
  readonly rejected = new Map<string, Rejection>();
  /** Names that may differ from what was sent. */
  readonly pending = new Set<string>();
  /** Names to send each in a response of its own. */
  readonly alone = new Set<string>();

  wants(name: string): boolean {
    return this.wildcard || this.names.has(name);
  }

  /** Of all that is kept, in characters. */
  get size(): number {
    const maps = [this.held, this.sent].flatMap((map) => [...map].flat());
    return [...this.names, ...maps].reduce((sum, text) => sum + text.length, 0);
  }
}
