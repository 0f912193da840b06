/**
 * One instance of a module: its memory, its contexts and what happens when the host calls into it. A trap kills it with
 * every stream on it, as in Envoy.
 */
import { LogLevel } from "../../sdk/abi.ts";
import { SimulatorError } from "../errors.ts";
import { Memory } from "./memory.ts";
import { ownGlobal, runningPolicy } from "./policy.ts";
import { CallbackWay } from "../trace/way.ts";
import type { Expression } from "../foreign/cel.ts";
import { bindHostcalls } from "../hostcalls/index.ts";
import type { CallKind } from "./call-kind.ts";
import { findCallbacks, type Callback, type CallbackName, type Callbacks } from "./callbacks.ts";
import type { Context } from "./context.ts";
import type { Host, LogEntry } from "./host.ts";
import type { WasmModule } from "../module/module.ts";
import type { Plugin } from "./plugin.ts";
import { RootContext } from "./root.ts";
import type { StreamContext } from "./stream.ts";
import type { Metric } from "../state/metrics.ts";

export interface VmSettings {
  module: WasmModule;
  vmId: string;
  /** What `proxy_on_vm_start` reads. */
  configuration: string;
  environment: Record<string, string>;
  /** Null allows every hostcall and callback. */
  capabilities: ReadonlySet<string> | null;
}

export class Vm {
  readonly contexts = new Map<number, Context>();
  readonly roots = new Map<string, RootContext>();
  /** Metrics by the number that the module knows them by. */
  readonly metrics = new Map<number, Metric>();
  memory!: Memory;
  on: Callbacks = {};
  /** Why the VM died; null while it lives. */
  failure: string | null = null;
  current: Context | null = null;
  effective: Context | null = null;
  /** While the module may only log: in `_initialize` and in its allocator. */
  restricted: string | null = null;
  /** The traced callback that runs now. */
  doing: CallbackWay | null = null;
  /** Actions that wait until the module's callback has returned. */
  readonly after: (() => void)[] = [];
  /** The module sent a local reply: the running callback stops the request whatever it answers. */
  stopNext = false;
  loadedAt: number;
  #nextContext = 1;
  #policy: WebAssembly.Global | null = null;
  #fuel: WebAssembly.Global | null = null;
  readonly #nextCall: [number, number, number] = [0, 1, 2];
  readonly nextMetric = [0, 1, 2];
  /** What `expr_create` compiled, by its number. */
  readonly expressions = new Map<number, Expression>();
  nextExpression = 0;

  private constructor(
    readonly settings: VmSettings,
    readonly host: Host,
    readonly worker: number,
  ) {
    this.loadedAt = host.clock.now;
  }

  /** Never throws for what a module does: a trap in `_initialize` is a dead VM. */
  static start(settings: VmSettings, host: Host, worker: number): Vm {
    const vm = new Vm(settings, host, worker);
    const { compiled } = settings.module;
    const { exports } = new WebAssembly.Instance(compiled, bindHostcalls(vm, compiled));
    host.instance(exports);
    const allocator = (exports.malloc ?? exports.proxy_on_memory_allocate) as (n: number) => number;
    vm.memory = new Memory(exports.memory as WebAssembly.Memory, (size) =>
      vm.#allocate(allocator, size),
    );
    vm.#policy = ownGlobal("p", compiled, exports);
    vm.#fuel = ownGlobal("f", compiled, exports);
    vm.restricted = "_initialize";
    for (const name of ["_initialize", "main", "_start"]) {
      const start = exports[name];
      if (typeof start !== "function" || (name === "_start" && exports._initialize)) continue;
      if (!vm.failure) vm.call(null, start as Callback, 0, 0);
    }
    vm.restricted = null;
    vm.on = findCallbacks(exports, settings.capabilities);
    return vm;
  }

  #allocate(allocator: (size: number) => number, size: number): number {
    const before = this.restricted;
    this.restricted = "malloc";
    try {
      return allocator(size);
    } finally {
      this.restricted = before;
    }
  }

  /** The policy that runs, in a module of ours; null for its engine and in any other. */
  get policy(): string | null {
    return this.#policy && runningPolicy(this.#policy, this.memory);
  }

  /** So many instructions for each handler of a policy, and more for the bytes it works on. */
  limitFuel(instructions: number): void {
    if (!this.#fuel)
      throw new SimulatorError(
        `${this.settings.module.name}: its fuel cannot be limited: it is no module of ap policy build`,
      );
    this.#fuel.value = instructions;
  }

  nextContextId(): number {
    return this.#nextContext++;
  }

  /** As with metrics, a call's two low bits say what kind it is. */
  nextCallId(kind: CallKind): number {
    return (this.#nextCall[kind] += 4);
  }

  /** The context that hostcalls act on. */
  get context(): Context {
    return this.effective ?? this.current!;
  }

  has(callback: CallbackName): boolean {
    return this.on[callback] !== undefined;
  }

  /** Runs a callback if the module has it; 0 if not, or if it traps. Deferred actions run by `settle`. */
  call(
    context: Context | null,
    run: Callback | undefined,
    a = 0,
    b = 0,
    c = 0,
    d = 0,
    e = 0,
  ): number {
    if (!run || this.failure !== null) return 0;
    if (this.host.traced && !this.doing) return this.#traced(context, run, [a, b, c, d, e]);
    const { current, effective } = this;
    this.current = context;
    this.effective = null;
    try {
      if (this.host.trapNext !== null) this.#injectTrap(run);
      return Number(run(a, b, c, d, e) ?? 0) >>> 0;
    } catch (error) {
      this.fail(error, context);
      return 0;
    } finally {
      if (this.doing) this.#noteServed();
      this.current = current;
      this.effective = effective;
    }
  }

  #injectTrap(run: Callback): void {
    if (this.on[this.host.trapNext!] !== run) return;
    this.host.trapNext = null;
    throw new Error("injected trap");
  }

  #traced(context: Context | null, run: Callback, words: number[]): number {
    const callback = Object.entries(this.on).find(([, one]) => one === run)?.[0] ?? "start";
    const filter = context?.root.plugin.name ?? this.settings.module.name;
    const way = new CallbackWay(filter, callback);
    this.doing = way;
    const [a, b, c, d, e] = words;
    const answer = this.call(context, run, a, b, c, d, e);
    this.doing = null;
    // A call's answer comes to the root; the module says by the effective context whose it is.
    (context?.stream ?? this.#served)?.exchange.trace.push(...way.end(answer));
    this.#served = null;
    return answer;
  }

  #served: StreamContext | null = null;

  #noteServed(): void {
    this.#served = this.effective?.stream ?? null;
  }

  /** After a callback, what it asked for happens. */
  settle(): void {
    this.stopNext = false;
    while (this.after.length > 0) this.after.shift()!();
  }

  /** A call with what follows it: the whole of a callback that answers nothing. */
  notify(context: Context, callback: CallbackName, a = 0, b = 0, c = 0, d = 0): void {
    this.call(context, this.on[callback], context.id, a, b, c, d);
    this.settle();
  }

  fail(error: unknown, context: Context | null): void {
    const trace = error instanceof Error ? (error.stack ?? error.message) : String(error);
    const { sourceMap } = this.settings.module;
    this.failure = sourceMap ? sourceMap.annotate(trace) : trace;
    this.log(LogLevel.Critical, `the module trapped, its VM is dead: ${this.failure}`, context);
    for (const root of this.roots.values()) root.silence();
  }

  log(level: LogLevel, message: string, context: Context | null): void {
    const { host } = this;
    if (level < host.logLevel) return;
    this.doing?.note(`${LogLevel[level]!.toLowerCase()}: ${message}`);
    const entry: LogEntry = {
      level,
      message,
      filter: context?.root.plugin.name ?? this.settings.module.name,
      worker: this.worker,
      at: host.clock.now,
      stream: (context?.stream ?? context?.tcp)?.id ?? null,
    };
    (context?.stream?.exchange ?? context?.tcp?.connection)?.logs.push(entry);
    host.log(entry);
  }

  /** The root context of a plugin: an equal configuration shares one. Null if the module refuses to start. */
  startPlugin(plugin: Plugin): RootContext | null {
    let root = this.roots.get(plugin.key);
    const isNew = !root;
    if (!root) this.roots.set(plugin.key, (root = new RootContext(this, plugin)));
    if (isNew) this.call(root, this.on.context_create, root.id, 0);
    const started = this.has("vm_start")
      ? this.call(root, this.on.vm_start, root.id, this.settings.configuration.length)
      : 1;
    this.settle();
    return started && this.failure === null ? root : null;
  }
}
