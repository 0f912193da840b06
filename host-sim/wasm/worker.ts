/**
 * One of Envoy's worker threads, as far as one wasm filter goes: the VM, the plugin's root context in it, what happens
 * when it dies, and the old ones that live on until their last stream ends.
 */
import { LogLevel } from "../../sdk/abi.ts";
import type { Exchange } from "../http/exchange.ts";
import { HeadersAnswer, type Filter } from "../http/filter.ts";
import type { TcpConnection } from "../tcp/connection.ts";
import { ClosedTcp, TcpContext } from "../tcp/context.ts";
import type { TcpFilter } from "../tcp/filter.ts";
import type { Host } from "./host.ts";
import type { Plugin } from "./plugin.ts";
import type { RootContext } from "./root.ts";
import { StreamContext } from "./stream.ts";
import { Vm, type VmSettings } from "./vm.ts";

export interface FilterSettings {
  vm: VmSettings;
  plugin: Plugin;
}

export class WorkerFilter {
  #root: RootContext | null = null;
  #settings!: FilterSettings;
  #loadedAt = 0;
  /** Roots whose plugin is gone, with streams that are not. */
  readonly #draining = new Set<RootContext>();

  constructor(
    private readonly host: Host,
    readonly worker: number,
  ) {}

  get vm(): Vm | null {
    return this.#root?.vm ?? null;
  }

  /** A new configuration of the same module runs in the VM that is there; another module gets a VM of its own. */
  load(settings: FilterSettings): void {
    const before = this.#root;
    const sameVm = before && before.vm.failure === null && before.vm.settings === settings.vm;
    this.#settings = settings;
    this.#root = this.#start(sameVm ? before.vm : null);
    // A back-off counts from the last load; the first one is long past when traffic comes.
    this.#loadedAt = -Infinity;
    if (!before || before === this.#root) return;
    if (before.streams === 0) before.shutDown();
    else this.#draining.add(before);
  }

  #start(present: Vm | null): RootContext | null {
    const { vm: settings, plugin } = this.#settings;
    const vm = present ?? Vm.start(settings, this.host, this.worker);
    this.#loadedAt = this.host.clock.now;
    this.host.metrics.count("wasm.envoy.wasm.runtime.v8.created", present ? 0 : 1);
    const root = vm.startPlugin(plugin);
    if (root?.configure()) return root;
    vm.failure ??= "the module refused its configuration";
    return root;
  }

  /** The filter of one request; null if the plugin lets requests pass without it. */
  filter(exchange: Exchange, index: number): Filter | null {
    const root = this.#live();
    if (root && root.vm.failure === null)
      return new DrainingStream(root.vm, root, exchange, index, this.#ended);
    if (this.#settings.plugin.failurePolicy === "open") return null;
    return new ClosedFilter(this.#settings.plugin.name, exchange);
  }

  /** The network filter of one connection; null if the plugin lets it pass without it. */
  tcp(connection: TcpConnection, index: number): TcpFilter | null {
    const root = this.#live();
    if (root && root.vm.failure === null)
      return new TcpContext(root.vm, root, connection, index, this.#ended);
    return this.#settings.plugin.failurePolicy === "open" ? null : new ClosedTcp(connection);
  }

  /** Reloads a VM that died, if its policy says so and the back-off has passed. */
  #live(): RootContext | null {
    const root = this.#root;
    const { failurePolicy, reload, name } = this.#settings.plugin;
    if (!root || root.vm.failure === null || failurePolicy !== "reload") return root;
    const wait = reload.baseMs * (1 + this.host.random() / 2);
    const { clock, metrics } = this.host;
    if (clock.now - this.#loadedAt < wait) {
      metrics.count(`wasm.${name}.vm_reload_backoff`);
      return root;
    }
    this.#root = this.#start(null);
    const ok = this.#root !== null && this.#root.vm.failure === null;
    metrics.count(`wasm.${name}.vm_reload_${ok ? "success" : "failure"}`);
    return this.#root;
  }

  readonly #ended = (root: RootContext): void => {
    if (root.streams > 0 || !this.#draining.delete(root)) return;
    root.shutDown();
  };

  /** How many VMs this worker keeps. */
  get vms(): number {
    return new Set([...this.#draining, ...(this.#root ? [this.#root] : [])].map(({ vm }) => vm))
      .size;
  }

  close(): void {
    for (const root of [this.#root, ...this.#draining]) root?.silence();
  }
}

class DrainingStream extends StreamContext {
  constructor(
    vm: Vm,
    root: RootContext,
    exchange: Exchange,
    index: number,
    private readonly ended: (root: RootContext) => void,
  ) {
    super(vm, root, exchange, index);
  }

  override destroy(): void {
    super.destroy();
    this.ended(this.root);
  }
}

/** What stands in for a filter whose VM is dead: every request ends here. */
class ClosedFilter implements Filter {
  constructor(
    readonly name: string,
    private readonly exchange: Exchange,
  ) {}

  decodeHeaders(): HeadersAnswer {
    this.exchange.localReply({
      status: 503,
      body: "",
      headers: [],
      grpcStatus: 14,
      details: "wasm_fail_stream",
      by: this.name,
    });
    return HeadersAnswer.StopAllAndWatermark;
  }

  decodeData = () => 3;
  decodeTrailers = () => 1;
  encodeHeaders = () => HeadersAnswer.Continue;
  encodeData = () => 0;
  encodeTrailers = () => 0;
  log(): void {}
  destroy(): void {}
  waiting(): null {
    return null;
  }
}

/** Envoy tries a configuration in a VM of its own before any worker sees it. The module's words, if it refuses. */
export function tryConfiguration(settings: FilterSettings, host: Host): string | null {
  const said: string[] = [];
  const canary: Host = {
    ...host,
    log: (entry) => {
      if (entry.level >= LogLevel.Warn) said.push(entry.message);
      host.log(entry);
    },
  };
  const vm = Vm.start(settings.vm, canary, -1);
  const root = vm.failure === null ? vm.startPlugin(settings.plugin) : null;
  const ok = root?.configure() ?? false;
  root?.silence();
  if (ok && vm.failure === null) return null;
  const { name } = settings.plugin;
  const why = vm.failure ?? (said.join("; ") || "it gave no reason; a log line in configure would");
  if (vm.failure !== null) return `${name}: the module trapped while it was configured: ${why}`;
  return `${name}: the module refused its ${root ? "configuration" : "start"}: ${why}`;
}
