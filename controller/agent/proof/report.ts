/**
 * Tells the controller what Envoy was seen to serve, and what it refuses. What is not on the disk yet is held back: a change
 * that was told as served must be served after a restart too, with every controller dead.
 */
import type { Kind } from "../../xds/kinds.ts";
import type { AdsServer } from "../../xds/server.ts";
import type { Rejection } from "../../xds/stream.ts";
import { keyOf, type Report } from "../../xds/wire.ts";

interface Seen {
  kind: Kind;
  name: string;
  version: string | null;
}

export interface ReporterOptions {
  /** Where Envoy is connected. */
  server: Pick<AdsServer, "streams" | "watch">;
  isKept(kind: Kind, name: string): boolean;
  send(report: Partial<Report>): void;
}

/** With 10,000 APIs one report of all that is served would be a message of some MiB. */
const namesPerReport = 2_000;

export class Reporter {
  private readonly waiting = new Map<string, Seen>();
  private readonly refused = new Map<string, Rejection>();
  private timer: NodeJS.Immediate | null = null;

  constructor(private readonly options: ReporterOptions) {
    options.server.watch(() => this.lookForRefusals());
  }

  /** Something became known; `null`: it is served no more. */
  told(kind: Kind, name: string, version: string | null): void {
    this.waiting.set(keyOf(kind, name), { kind, name, version });
    this.release();
  }

  /** Looks again which of it may be told. */
  release(): void {
    this.timer ??= setImmediate(() => {
      this.timer = null;
      const ready = [...this.waiting].filter(([, { kind, name }]) =>
        this.options.isKept(kind, name),
      );
      for (const [key] of ready) this.waiting.delete(key);
      for (const report of reports(ready.map(([, seen]) => seen))) this.options.send(report);
    });
  }

  /** Envoy's call began or ended: what was told before counts no more. */
  anew(): void {
    for (const report of this.everything()) this.options.send(report);
  }

  /** For a controller that knows nothing of this gateway yet. */
  everything(): Partial<Report>[] {
    const served = this.options.server
      .streams()
      .flatMap((stream) =>
        [...stream.everythingHeld()].flatMap(([kind, versions]) =>
          [...versions]
            .filter(([name]) => this.options.isKept(kind, name))
            .map(([name, version]) => ({ kind, name, version })),
        ),
      );
    this.refused.clear();
    setImmediate(() => this.lookForRefusals());
    return [{ everything: true }, ...reports(served)];
  }

  private lookForRefusals(): void {
    for (const refusal of this.options.server.streams().flatMap((one) => one.rejections())) {
      const key = keyOf(refusal.kind, refusal.name);
      if (this.refused.get(key) === refusal) continue;
      this.refused.set(key, refusal);
      this.options.send({ refusal });
    }
  }
}

function reports(seen: readonly Seen[]): Partial<Report>[] {
  const parts = Array.from({ length: Math.ceil(seen.length / namesPerReport) }, (_, i) =>
    seen.slice(i * namesPerReport, (i + 1) * namesPerReport),
  );
  return parts.map((part) => ({
    gone: part.filter(({ version }) => version === null),
    served: part.flatMap(({ kind, name, version }) =>
      version === null ? [] : [{ kind, name, version }],
    ),
  }));
}
