/**
 * Looks whether an Envoy serves what it acknowledged: an ACK is no proof, because after a refusal Envoy acknowledges the
 * identical resource and ignores it. What cannot be asked for counts as acknowledged.
 */
import type { Kind } from "../../xds/kinds.ts";
import type { DeltaStream } from "../../xds/stream.ts";
import { keyOf } from "../../xds/wire.ts";
import { askable, canBeAsked, versionsOf, type Ask } from "./dump.ts";
import { questionsAbout, type Question } from "./questions.ts";

interface Doubt {
  kind: Kind;
  name: string;
  /** What was acknowledged; null when it should be gone. */
  version: string | null;
}

type KindQuestion = Question & { kind: Kind };

export interface WitnessOptions {
  stream: DeltaStream;
  ask: Ask;
  /** What became known. */
  told?(kind: Kind, name: string, version: string | null): void;
}

const firstPauseMs = 5;
const longestPauseMs = 1_000;
/** Questions stop Envoy's main thread, which takes changes too: after each it has so many times as long for itself. */
const restsPerQuestion = 3;
const longestRestMs = 200;

/** Returns what ends it. */
export function witness(options: WitnessOptions): () => void {
  const one = new WitnessOf(options);
  return () => one.end();
}

class WitnessOf {
  private readonly doubts = new Map<string, Doubt>();
  /** Those of the doubts about which there is no question yet. */
  private fresh: Doubt[] = [];
  /** The newest first: somebody may wait for it. */
  private questions: KindQuestion[] = [];
  private timer: NodeJS.Timeout | null = null;
  private asking = false;
  private closed = false;
  private pauseMs = firstPauseMs;
  private restUntil = 0;

  constructor(private readonly options: WitnessOptions) {
    options.stream.witnessedBy((kind, name, version) => this.doubt({ kind, name, version }));
  }

  end(): void {
    this.closed = true;
    if (this.timer) clearTimeout(this.timer);
  }

  private doubt(doubt: Doubt): void {
    if (!canBeAsked(doubt.kind)) return this.settle(doubt);
    this.doubts.set(keyOf(doubt.kind, doubt.name), doubt);
    this.fresh.push(doubt);
    this.pauseMs = firstPauseMs;
    this.later(0);
  }

  private settle({ kind, name, version }: Doubt): void {
    this.options.stream.testify(kind, name, version);
    this.options.told?.(kind, name, version);
  }

  private later(ms: number): void {
    if (this.asking || this.closed) return;
    if (this.timer) clearTimeout(this.timer);
    const rest = this.restUntil - performance.now();
    this.timer = setTimeout(() => void this.look(), Math.max(ms, rest));
  }

  /** One question; then the next, or, about what is in doubt still, all of them again after a while. */
  private async look(): Promise<void> {
    this.timer = null;
    this.questions.unshift(...this.questionsAbout(this.fresh));
    this.fresh = [];
    const question = this.questions.shift();
    if (question) {
      this.asking = true;
      const began = performance.now();
      await this.ask(question).catch(() => {});
      const took = performance.now() - began;
      this.restUntil = began + took + Math.min(restsPerQuestion * took, longestRestMs);
      this.asking = false;
    }
    this.questions = this.questions.filter((one) => this.isOpen(one));
    if (this.questions.length > 0 || this.fresh.length > 0) return this.later(0);
    if (this.doubts.size === 0) return;
    this.fresh = [...this.doubts.values()];
    this.pauseMs = Math.min(2 * this.pauseMs, longestPauseMs);
    this.later(this.pauseMs);
  }

  private async ask({ kind, regex, names }: KindQuestion): Promise<void> {
    const asked = new Map(names.map((name) => [name, this.doubts.get(keyOf(kind, name))]));
    const versions = await versionsOf(this.options.ask, kind, regex);
    if (this.closed) return;
    for (const name of new Set([...names, ...versions.keys()])) {
      const doubt = this.doubts.get(keyOf(kind, name));
      const seen = versions.get(name) ?? null;
      if (!doubt || doubt.version !== seen) continue;
      // It may have come and gone again since it was asked for.
      if (seen === null && asked.get(name) !== doubt) continue;
      this.doubts.delete(keyOf(kind, name));
      this.settle(doubt);
    }
  }

  private questionsAbout(doubts: readonly Doubt[]): KindQuestion[] {
    const held = this.options.stream.everythingHeld();
    return askable.flatMap((kind) => {
      const names = doubts.filter((doubt) => doubt.kind === kind).map(({ name }) => name);
      const all = held.get(kind)?.keys() ?? [];
      return questionsAbout([...new Set(names)], all).map((question) => ({ kind, ...question }));
    });
  }

  private isOpen({ kind, names }: KindQuestion): boolean {
    return names.some((name) => this.doubts.has(keyOf(kind, name)));
  }
}
