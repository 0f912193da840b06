/** The running simulator: workers with their filters, routes, upstreams and the clock, driven by requests. */
import { LogLevel } from "../sdk/abi.ts";
import { Received, sendRequest, type LiveRequest, type OpenRequest } from "./client.ts";
import { keep } from "./bounded.ts";
import { Clock } from "./state/clock.ts";
import { SimulatorError } from "./errors.ts";
import { Callouts, type CalloutRecord } from "./http/callouts.ts";
import { connectionOf } from "./http/connection.ts";
import { Exchange, type Client, type ExchangeSettings } from "./http/exchange.ts";
import type { Filter } from "./http/filter.ts";
import type { HeaderMap } from "./http/headers.ts";
import { readyRequest } from "./http/request.ts";
import { readyRoutes, type Chain, type ReadyRoute, type Route } from "./http/routes.ts";
import { Pump } from "./pump.ts";
import { seededRandom, uuid } from "./state/random.ts";
import { defaultBufferLimit } from "./setup.ts";
import type { Answer, FilterSetup, Request, Setup } from "./setup.ts";
import { Metrics, type MetricsView } from "./state/metrics.ts";
import { SharedData } from "./state/shared-data.ts";
import { gatewayRootId, readyFilter } from "./ready-filter.ts";
import type { TcpConnection } from "./tcp/connection.ts";
import { CloseType } from "./tcp/filter.ts";
import { openTcp } from "./tcp/open.ts";
import type { Host, LogEntry } from "./wasm/host.ts";
import type { CallbackName } from "./wasm/callbacks.ts";
import { loadModule, type ModuleSource, type WasmModule } from "./module/module.ts";
import { tryConfiguration, WorkerFilter, type FilterSettings } from "./wasm/worker.ts";

export interface Leftovers {
  streams: number;
  callouts: number;
  timers: number;
  contexts: number;
  vms: number;
}

export class Gateway {
  readonly clock: Clock;
  readonly shared = new SharedData();
  /** Everything that was logged, of all requests and outside any. */
  readonly logs: LogEntry[] = [];
  /** What Envoy would have swallowed without a word. */
  readonly swallowed: string[] = [];
  readonly host: Host;
  #routes: ReadyRoute[];
  #settings: FilterSettings[] = [];
  #filters: FilterSetup[];
  readonly #workers: WorkerFilter[][];
  /** Envoy's main thread has a VM of each filter too: it serves no request, but ticks and calls as the others do. */
  readonly #main: WorkerFilter[];
  readonly #metrics = new Metrics();
  readonly #pump: Pump;
  readonly #connections = new Set<TcpConnection>();
  readonly #random: () => number;
  readonly #exchange: ExchangeSettings;
  #turn = 0;
  #closed = false;

  private constructor(
    private readonly setup: Setup,
    filters: FilterSetup[],
    routes: Route[],
  ) {
    this.clock = new Clock(
      setup.now ?? (setup.time === "real" ? Date.now() : Date.UTC(2026, 0, 1)),
    );
    this.#random = seededRandom(setup.seed ?? 1);
    this.#filters = filters;
    this.#routes = readyRoutes(routes);
    this.#pump = new Pump(this.clock, setup.time);
    this.shared.lostWrites = setup.inject?.lostWrites ?? 0;
    const callouts = new Callouts(setup.clusters ?? {}, this.clock, this.#pump.waiting);
    this.host = {
      clock: this.clock,
      shared: this.shared,
      metrics: this.#metrics,
      callouts,
      logLevel: setup.logLevel ?? LogLevel.Info,
      log: (entry) => keep(this.logs, entry),
      swallowed: (what) => keep(this.swallowed, what),
      random: this.#random,
      post: (run) => this.#pump.post(run),
      drain: () => this.#pump.drain(),
      trapNext: null,
      fuel: setup.inject?.fuel ?? null,
      instance: setup.instance ?? (() => {}),
      ...{ traced: setup.traced ?? false, called: setup.called ?? null },
      node: { id: "simulator", cluster: "simulator" },
    };
    this.#exchange = {
      host: this.host,
      waiting: this.#pump.waiting,
      routes: this.#routes,
      upstream: setup.upstream ?? {},
      errors: setup.errors ?? "envoy",
      serverName: setup.serverName ?? "envoy",
      bufferLimit: setup.bufferLimit ?? defaultBufferLimit,
      routeTimeoutMs: setup.routeTimeoutMs ?? 15_000,
    };
    this.#workers = Array.from({ length: setup.workers ?? 1 }, (_, worker) =>
      filters.map(() => new WorkerFilter(this.host, worker)),
    );
    this.#main = filters.map(() => new WorkerFilter(this.host, -1));
  }

  static async start(setup: Setup): Promise<Gateway> {
    const filters = setup.modules ?? (setup.module ? [setup as FilterSetup] : []);
    if (setup.modules && setup.module)
      throw new SimulatorError("setup: give either module or modules, not both");
    const routes = setup.routes ?? [{ ...(setup.chain && { chain: setup.chain }), name: "route" }];
    const gateway = new Gateway(setup, filters, routes);
    await gateway.#load(filters);
    return gateway;
  }

  async #load(filters: FilterSetup[]): Promise<void> {
    const byGateway = Boolean(this.setup.chain || this.setup.routes?.some((route) => route.chain));
    const settings = await Promise.all(
      filters.map(async (filter) =>
        readyFilter(filter, await this.#module(filter.module), byGateway),
      ),
    );
    for (const one of settings) {
      const refused = tryConfiguration(one, this.host);
      if (refused !== null) throw new SimulatorError(refused);
    }
    this.#apply(settings);
  }

  get #threads(): WorkerFilter[][] {
    return [this.#main, ...this.#workers];
  }

  #module(source: ModuleSource): Promise<WasmModule> {
    return loadModule(source, this.setup.inject?.memoryBytes);
  }

  #apply(settings: FilterSettings[]): void {
    this.#settings = settings;
    for (const thread of this.#threads) settings.forEach((one, index) => thread[index]!.load(one));
  }

  /** Sends a request; the answer is what the client saw, and what else the world did. */
  request(request: Request): Promise<Answer> {
    return this.open(request).answer;
  }

  /** Sends a request that the test goes on to influence. */
  open(request: Request): OpenRequest {
    const received = new Received(request);
    const ready = readyRequest(request, () => uuid(this.#random));
    const exchange = this.#begin(request, ready.headers, received);
    received.exchange = exchange;
    sendRequest(exchange, request, ready, this.setup.trailers ?? false);
    this.#pump.drain();
    const disconnect = (): void => exchange.clientGone();
    if (exchange.over) {
      const failure = this.#strictFailure();
      const answer = failure ? Promise.reject(failure) : Promise.resolve(received.answer());
      return { exchange, disconnect, answer };
    }
    const promise = new Promise<Answer>((resolve, reject) => {
      this.#pump.active.set(exchange, reject);
      received.ended = () => {
        this.#pump.active.delete(exchange);
        const strict = this.#strictFailure();
        if (strict) reject(strict);
        else resolve(received.answer());
      };
    });
    this.#pump.run();
    return { exchange, answer: promise, disconnect };
  }

  /** A TCP connection: the modules are its network filters, in front of a `tcp_proxy`. */
  connect({ worker }: { worker?: number } = {}): TcpConnection {
    return openTcp(this.#worker(worker, "connect"), this.#connections);
  }

  /** A request whose body comes bit by bit, for a server: the answer goes straight to the client. */
  live(request: Request, client: Client): LiveRequest {
    const { headers, bare } = readyRequest(request, () => uuid(this.#random));
    const forget: Client = {
      headers: (map, end) => client.headers(map, end),
      data: (bytes) => client.data(bytes),
      trailers: (map) => client.trailers(map),
      over: (cut) => {
        this.#pump.active.delete(exchange);
        client.over(cut);
      },
    };
    const exchange = this.#begin(request, headers, forget);
    this.#pump.active.set(exchange, () => {});
    const then = (run: () => void): void => {
      if (!exchange.over) run();
      this.#pump.run();
    };
    then(() => exchange.sendHeaders(bare));
    return {
      exchange,
      send: (bytes) => then(() => exchange.sendData(bytes, false)),
      end: () => then(() => bare || exchange.sendData(new Uint8Array(0), true)),
      disconnect: () => then(() => exchange.clientGone()),
    };
  }

  #begin(request: Request, headers: HeaderMap, client: Client): Exchange {
    const filters = this.#worker(request.worker, "request");
    this.#pump.catchUp();
    const exchange = new Exchange(this.#exchange, client, connectionOf(request));
    exchange.begin(headers, () => this.#chain(filters, exchange));
    return exchange;
  }

  #worker(wanted: number | undefined, what: string): WorkerFilter[] {
    if (this.#closed) throw new SimulatorError(`${what}: the gateway is closed`);
    const worker = wanted ?? this.#turn++ % this.#workers.length;
    const filters = this.#workers[worker];
    if (!filters) throw new SimulatorError(`${what}: there is no worker ${worker}`);
    return filters;
  }

  #chain(filters: WorkerFilter[], exchange: Exchange): Filter[] {
    const disabled = exchange.route?.disable;
    const chain: Filter[] = [];
    if (disabled === true) return chain;
    filters.forEach((filter, i) => {
      if (Array.isArray(disabled) && disabled.includes(this.#settings[i]!.plugin.name)) return;
      const made = filter.filter(exchange, chain.length);
      if (made) chain.push(made);
    });
    return chain;
  }

  #strictFailure(): Error | null {
    if (!this.setup.strict || this.swallowed.length === 0) return null;
    const all = this.swallowed.splice(0);
    return new SimulatorError(`strict: Envoy swallows this in silence: ${all.join("; ")}`);
  }

  /** The next callback of this name traps, whatever the module would do: what kills a VM in Envoy. */
  trapNext(callback: CallbackName): void {
    this.host.trapNext = callback;
  }

  /** The next writes of shared data with a compare value lose against another worker. */
  loseWrites(count: number): void {
    this.shared.lostWrites = count;
  }

  /** From now on a handler of a policy may run so many instructions. */
  limitFuel(instructions: number): void {
    this.host.fuel = instructions;
    for (const { vm } of this.#threads.flat()) vm?.limitFuel(instructions);
  }

  metrics(): MetricsView {
    return this.#metrics.view();
  }

  /** Every call that a module made to a cluster, of all requests. */
  get callouts(): readonly CalloutRecord[] {
    return this.host.callouts.seen;
  }

  /** Pages of memory that each filter's VM has, worker by worker. */
  get memoryPages(): number[] {
    return this.#workers.flat().map(({ vm }) => (vm ? vm.memory.size / 65_536 : 0));
  }

  /** What is there now: all 0 but the VMs, and timers of modules that tick, when nothing goes on. */
  get leftovers(): Leftovers {
    const filters = this.#threads.flat();
    return {
      streams: this.#pump.active.size + this.#connections.size,
      callouts: this.host.callouts.pending,
      timers: this.clock.pending,
      contexts: filters.reduce(
        (sum, { vm }) => sum + (vm ? vm.contexts.size - vm.roots.size : 0),
        0,
      ),
      vms: filters.reduce((sum, filter) => sum + filter.vms, 0),
    };
  }

  /** A new plugin configuration: the old one goes on for the streams it has. */
  async reconfigure(configuration: string | object, filter = 0): Promise<void> {
    await this.#replace({ ...this.#filters[filter]!, configuration }, filter);
  }

  /** Another module in place of a filter's; streams that are there end on the old one. */
  async swap(module: ModuleSource, filter = 0): Promise<void> {
    await this.#replace({ ...this.#filters[filter]!, module }, filter);
  }

  async #replace(changed: FilterSetup, index: number): Promise<void> {
    const before = this.#settings[index];
    if (!before) throw new SimulatorError(`there is no filter ${index}`);
    const byGateway = before.plugin.rootId === gatewayRootId;
    const module =
      changed.module === this.#filters[index]!.module
        ? before.vm.module
        : await this.#module(changed.module);
    const settings = readyFilter(changed, module, byGateway);
    if (module === before.vm.module) settings.vm = before.vm;
    const refused = tryConfiguration(settings, this.host);
    if (refused !== null) throw new SimulatorError(refused);
    this.#filters = this.#filters.with(index, changed);
    this.#settings = this.#settings.with(index, settings);
    for (const thread of this.#threads) thread[index]!.load(settings);
  }

  /** Other routes, for requests from now on. */
  setRoutes(routes: Route[]): void {
    this.#routes = readyRoutes(routes);
    this.#exchange.routes = this.#routes;
  }

  setChain(chain: Chain, name = "route"): void {
    this.setRoutes([{ name, chain }]);
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    for (const exchange of [...this.#pump.active.keys()]) exchange.reset("the gateway closed");
    for (const connection of [...this.#connections]) connection.close(CloseType.Local);
    this.#closed = true;
    this.#pump.close();
    for (const filter of this.#threads.flat()) filter.close();
  }
}
