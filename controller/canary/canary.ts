/**
 * A module that some gateways try before all get it. It is taken back by itself when its policies fault, when more requests
 * fail than without it, when an Envoy refuses it, or when a gateway that tries it is lost; else all get it in the end.
 *
 * It is a matter of this controller and of the gateways that follow it, and is nowhere kept: if the controller ends
 * meanwhile, its gateways get what all have from the next one. Limits for bodies stay those of the module before until all
 * have the new one. Judged is only who can be measured: a gateway with an agent, or the Envoy beside the controller.
 */
import { createHash } from "node:crypto";
import { reason, UserError } from "../errors.ts";
import type { Modules } from "../deploy/modules/modules.ts";
import type { Replaced } from "../xds/cache.ts";
import type { DeltaStream } from "../xds/stream.ts";
import { hasRestarted, noCounters, since, sum, type Counters } from "./counters.ts";
import { judge } from "./judge.ts";

export interface CanaryOptions {
  modules: Modules;
  streams: () => DeltaStream[];
  log?: (line: string) => void;
}

export interface CanaryState {
  hash: string;
  /** `starting`: the gateways are measured, and get the module. */
  state: "starting" | "trying" | "promoted" | "taken back";
  reason?: string;
  share: number;
  /** Those that try it, and those they are compared with. */
  gateways: string[];
  others: string[];
  startedAt: string;
  forMs: number;
  /** Since they serve it. */
  canary: Counters;
  usual: Counters;
}

interface Trial {
  state: CanaryState;
  module: Replaced;
  begun: number;
  /** When all that try it served it, and what was counted then. */
  servedAt: number | null;
  /** How it ends, once all have what they are to have. */
  ending: { state: "promoted" | "taken back"; reason?: string; since: number } | null;
  before: Map<string, Counters>;
}

const tickMs = 250;
const measuredWithinMs = 5_000;
const servedWithinMs = 15_000;

export class Canary {
  private trial: Trial | null = null;
  private last: CanaryState | null = null;
  private timer: NodeJS.Timeout | null = null;

  constructor(private readonly options: CanaryOptions) {}

  /** What the gateway of this name should have in place of what all have. */
  readonly instead = (nodeId: string): Replaced | null =>
    this.trial?.state.gateways.includes(nodeId) && this.trial.ending?.state !== "taken back"
      ? this.trial.module
      : null;

  /** Whether gateways have to say how they do. */
  get measures(): boolean {
    return this.trial !== null;
  }

  /** The one that runs, else the last one. */
  get state(): CanaryState | null {
    return this.trial?.state ?? this.last;
  }

  /** Throws a UserError when the module does not fit what is deployed. */
  async start(hash: string, share: number, forMs: number): Promise<CanaryState> {
    if (this.trial) throw new UserError("another module is being tried; end it first");
    const module = await this.options.modules.offered(hash);
    if (this.trial) throw new UserError("another module is being tried; end it first");
    if (hash === this.options.modules.current?.hash)
      throw new UserError("this module serves already: there is nothing to try");
    const state: CanaryState = {
      ...{ hash, state: "starting", share, forMs, gateways: [], others: [] },
      startedAt: new Date().toISOString(),
      ...{ canary: noCounters, usual: noCounters },
    };
    this.trial = {
      ...{ state, module, begun: performance.now(), servedAt: null, ending: null },
      before: new Map(),
    };
    this.go();
    this.tellAll();
    return state;
  }

  /** All have what they had, unless all have it already. */
  takeBack(why: string): void {
    if (!this.trial?.ending) this.giveUp(why);
  }

  private giveUp(why: string): void {
    if (!this.trial) return;
    const { hash, gateways } = this.trial.state;
    this.options.log?.(`module ${hash.slice(0, 12)} is taken back: ${why}`);
    this.trial.ending = { state: "taken back", reason: why, since: performance.now() };
    this.tell(gateways);
    this.look();
  }

  close(): void {
    this.pause();
    this.trial = null;
  }

  private look(): void {
    const trial = this.trial;
    if (!trial) return;
    const { state, begun } = trial;
    const passed = performance.now() - begun;
    if (trial.ending) return this.awaitAll(trial);
    if (state.gateways.length === 0) return this.choose(trial, passed);
    const streams = this.options.streams();
    const tried = state.gateways.map((id) => streams.find(({ nodeId }) => nodeId === id));
    const gone = tried.findIndex((stream) => stream === undefined);
    if (gone >= 0) return this.takeBack(`the gateway '${state.gateways[gone]}' is gone`);
    const trying = tried as DeltaStream[];
    for (const stream of trying) {
      const refusal = stream.rejection(trial.module.kind, trial.module.name);
      if (refusal) return this.takeBack(`'${stream.nodeId}' refused it: ${refusal.message}`);
      if (ageOf(stream) > measuredWithinMs)
        return this.takeBack(`'${stream.nodeId}' does not say any more how it does`);
    }
    if (trial.servedAt === null) return this.awaitServed(trial, trying, passed);
    this.compare(trial, trying, streams);
  }

  /** Those that said how they do can be judged: some of them try it. */
  private choose({ state, begun, before }: Trial, passed: number): void {
    const streams = this.options.streams();
    const measured = streams.filter((stream) => (stream.measured?.at ?? 0) > begun);
    // An Envoy without an agent says nothing.
    if (measured.length < Math.max(1, streams.length) && passed < measuredWithinMs) return;
    if (measured.length === 0)
      return this.takeBack(
        "no gateway is connected that says how it does, as one with an agent beside it",
      );
    const order = (id: string) => createHash("sha256").update(`${state.hash} ${id}`).digest("hex");
    const ids = [...new Set(measured.map(({ nodeId }) => nodeId))].sort((a, b) =>
      order(a) < order(b) ? -1 : 1,
    );
    const count = Math.max(1, Math.floor(ids.length * state.share));
    state.gateways = ids.slice(0, count);
    state.others = ids.slice(count);
    for (const { nodeId, measured: now } of measured) before.set(nodeId, now!.counters);
    this.tell(state.gateways);
  }

  private awaitServed(trial: Trial, trying: DeltaStream[], passed: number): void {
    const { state, module, before } = trial;
    if (trying.some((one) => one.held(module.kind, module.name) !== module.resource.version)) {
      if (passed > servedWithinMs)
        this.takeBack(`${state.gateways.join(", ")} did not serve it within ${servedWithinMs} ms`);
      return;
    }
    state.state = "trying";
    trial.servedAt = performance.now();
    // How they did with the module before is what is usual where there is nobody else.
    if (state.others.length === 0) state.usual = sum([...before.values()]);
    for (const { nodeId, measured } of this.options.streams())
      if (measured) before.set(nodeId, measured.counters);
  }

  private compare(trial: Trial, trying: DeltaStream[], streams: DeltaStream[]): void {
    const { state, before } = trial;
    const restarted = trying.find((one) => hasRestarted(...countersOf(one, before)));
    if (restarted) return this.takeBack(`the Envoy of '${restarted.nodeId}' started anew`);
    const counted = (some: DeltaStream[]) =>
      sum(some.map((one) => since(...countersOf(one, before))));
    state.canary = counted(trying);
    const others = streams.filter(
      (one) => state.others.includes(one.nodeId) && !hasRestarted(...countersOf(one, before)),
    );
    if (state.others.length > 0) state.usual = counted(others);
    const words = judge(state.canary, state.usual);
    if (words) return this.takeBack(words);
    if (performance.now() - trial.servedAt! < state.forMs) return;
    if (state.canary.requests === 0)
      return this.takeBack("no request came in that time: nothing is known of it");
    this.promote(trial);
  }

  private promote(trial: Trial): void {
    this.pause();
    trial.ending = { state: "promoted", since: performance.now() };
    this.options.modules
      .assign(trial.state.hash)
      .catch((error: unknown) => this.giveUp(reason(error)))
      .finally(() => this.go());
  }

  /** The trial lasts until all serve what they are to serve. */
  private awaitAll({ state, ending }: Trial): void {
    const { modules } = this.options;
    const { since, ...outcome } = ending!;
    if (outcome.state === "promoted" && modules.current?.hash !== state.hash)
      return this.giveUp("another gateway refused it");
    const late = performance.now() - since > servedWithinMs;
    if (modules.settled() === "pending" && !late) return;
    this.pause();
    this.last = { ...state, ...outcome };
    if (late) this.last.reason = `${outcome.reason ?? "proven"}; some gateways lag behind`;
    this.trial = null;
    this.tellAll();
  }

  private go(): void {
    this.pause();
    if (this.trial) this.timer = setInterval(() => this.look(), tickMs);
  }

  private pause(): void {
    if (this.timer) clearInterval(this.timer);
    this.timer = null;
  }

  private tell(gateways: readonly string[]): void {
    for (const stream of this.options.streams())
      if (gateways.includes(stream.nodeId)) stream.changed([this.options.modules.place]);
  }

  /** Whether they have to measure goes with the word that all was sent. */
  private tellAll(): void {
    for (const stream of this.options.streams()) stream.changed([]);
  }
}

const ageOf = ({ measured }: DeltaStream): number =>
  measured ? performance.now() - measured.at : Infinity;

const countersOf = (
  { nodeId, measured }: DeltaStream,
  before: Map<string, Counters>,
): [before: Counters, now: Counters] => {
  const now = measured?.counters ?? noCounters;
  return [before.get(nodeId) ?? now, now];
};
