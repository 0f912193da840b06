/** A module that some of a controller's gateways try first: begun, watched, and told how it went. */
import { setTimeout as pause } from "node:timers/promises";
import type { CanaryState } from "../../controller/canary/canary.ts";
import { CommandError, Exit } from "../errors.ts";
import type { GatewayApi } from "../client/api.ts";

export interface CanaryOptions {
  share: string;
  /** How long, such as `30s`. */
  duration: string;
  /** Aborted: it is taken back. */
  signal: AbortSignal;
  told(state: CanaryState): void;
}

const lookEveryMs = 300;

/** Settles when it is promoted or taken back. */
export async function tryFirst(
  api: GatewayApi,
  module: Uint8Array,
  { share, duration, signal, told }: CanaryOptions,
): Promise<CanaryState> {
  const begun = await api.send("POST", "/modules", {
    bytes: new Uint8Array(module),
    query: { canary: share, for: duration },
    headers: { "content-type": "application/wasm" },
  });
  const mine = begun.body["canary"] as CanaryState;
  for (;;) {
    if (signal.aborted) await api.send("DELETE", "/modules/canary", { expect: [404] });
    const { body } = await api.send("GET", "/modules/canary");
    const now = body["canary"] as CanaryState | null;
    if (now?.hash !== mine.hash || now.startedAt !== mine.startedAt)
      throw new CommandError(
        "AP-CANARY-LOST",
        "the controller does not know of the trial any more: it ended, and its gateways have what they had",
        Exit.Failed,
        "ap policy history says what serves",
      );
    told(now);
    if (now.state === "promoted" || now.state === "taken back") return now;
    await pause(lookEveryMs, undefined, { signal }).catch(() => {});
  }
}
