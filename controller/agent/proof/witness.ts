/**
 * Looks whether an Envoy serves what it acknowledged: an ACK is no proof, because after a refusal Envoy acknowledges the
 * identical resource and ignores it. What cannot be asked for counts as acknowledged.
 */
import type { Kind } from "../../xds/kinds.ts";
import type { DeltaStream } from "../../xds/stream.ts";
import { keyOf } from "../../xds/wire.ts";
import { canBeAsked, namesPerQuestion, versionsOf, type Ask } from "./dump.ts";

interface Doubt {
  kind: Kind;
  name: string;
  /** What was acknowledged; null when it should be gone. */
  version: string | null;
}

export interface WitnessOptions {
  stream: DeltaStream;
  ask: Ask;
  /** What became known. */
  told?(kind: Kind, name: string, version: string | null): void;
}

const firstPauseMs = 5;
const longestPauseMs = 1_000;

/** Returns what ends it. */
export function witness({ stream, ask, told }: WitnessOptions): () => void {
  const doubts = new Map<string, Doubt>();
  let timer: NodeJS.Timeout | null = null;
  let looking = false;
  let closed = false;
  let pauseMs = firstPauseMs;

  const settle = ({ kind, name, version }: Doubt) => {
    stream.testify(kind, name, version);
    told?.(kind, name, version);
  };
  const look = async () => {
    timer = null;
    looking = true;
    const left = await lookAt([...doubts.values()]).catch(() => true);
    looking = false;
    pauseMs = left ? Math.min(2 * pauseMs, longestPauseMs) : firstPauseMs;
    if (doubts.size > 0) later(left ? pauseMs : 0);
  };
  /** True when some of it is in doubt still. */
  const lookAt = async (all: Doubt[]): Promise<boolean> => {
    let left = false;
    for (const [kind, some] of batches(all)) {
      const versions = await versionsOf(
        ask,
        kind,
        some.map(({ name }) => name),
      );
      if (closed) return false;
      for (const doubt of some) {
        const key = keyOf(doubt.kind, doubt.name);
        // Another answer came meanwhile: what was asked for is not the question any more.
        if (doubts.get(key) !== doubt) continue;
        const seen = versions.get(doubt.name) ?? null;
        if (seen !== doubt.version) left = true;
        else {
          doubts.delete(key);
          settle(doubt);
        }
      }
    }
    return left;
  };
  const later = (ms: number) => {
    if (looking || closed) return;
    if (timer) clearTimeout(timer);
    timer = setTimeout(() => void look(), ms);
  };

  stream.witnessedBy((kind, name, version) => {
    const doubt = { kind, name, version };
    if (!canBeAsked(kind)) return settle(doubt);
    doubts.set(keyOf(kind, name), doubt);
    pauseMs = firstPauseMs;
    later(0);
  });
  return () => {
    closed = true;
    if (timer) clearTimeout(timer);
  };
}

function batches(doubts: Doubt[]): [Kind, Doubt[]][] {
  const byKind = new Map<Kind, Doubt[]>();
  for (const doubt of doubts)
    if (!byKind.get(doubt.kind)?.push(doubt)) byKind.set(doubt.kind, [doubt]);
  return [...byKind].flatMap(([kind, all]) =>
    Array.from({ length: Math.ceil(all.length / namesPerQuestion) }, (_, i): [Kind, Doubt[]] => [
      kind,
      all.slice(i * namesPerQuestion, (i + 1) * namesPerQuestion),
    ]),
  );
}
