/** Puts a witness beside each call of one's own Envoy, for as long as the call lasts. */
import type { AdsServer } from "../../xds/server.ts";
import type { DeltaStream } from "../../xds/stream.ts";
import type { Ask } from "./dump.ts";
import { witness, type WitnessOptions } from "./witness.ts";

export interface AttendOptions {
  server: Pick<AdsServer, "streams" | "watch">;
  nodeId: string;
  ask: Ask;
  told?: WitnessOptions["told"];
  /** Called when a call begins or ended: what was told before counts no more. */
  anew?(): void;
}

/** Returns what ends it. */
export function attend({ server, nodeId, ask, told, anew }: AttendOptions): () => void {
  const witnesses = new Map<DeltaStream, () => void>();
  const look = () => {
    const streams = server.streams().filter((stream) => stream.nodeId === nodeId);
    for (const [stream, end] of witnesses)
      if (!streams.includes(stream)) {
        end();
        witnesses.delete(stream);
        anew?.();
      }
    for (const stream of streams)
      if (!witnesses.has(stream)) {
        anew?.();
        witnesses.set(stream, () => {});
        witnesses.set(stream, witness({ stream, ask, ...(told && { told }) }));
      }
  };
  const unwatch = server.watch(look);
  look();
  return () => {
    unwatch();
    for (const end of witnesses.values()) end();
  };
}
