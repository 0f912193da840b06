/** A root context: one plugin's configuration, its ticks and the calls it made. */
import { Status } from "../../sdk/abi.ts";
import type { Timer } from "../state/clock.ts";
import type { CalloutHandle } from "../http/callouts.ts";
import type { GrpcCall } from "../hostcalls/grpc.ts";
import type { FilterStateType } from "../state/filter-state.ts";
import type { CallResponse, Context } from "./context.ts";
import type { Plugin } from "./plugin.ts";
import type { Vm } from "./vm.ts";

export class RootContext implements Context {
  readonly id: number;
  readonly stream = null;
  readonly tcp = null;
  /** Calls under way, by their token: which stream made one shows a hang's reason. */
  readonly calls = new Map<number, CalloutHandle>();
  readonly grpc = new Map<number, GrpcCall>();
  /** Only while the answer's callback runs. */
  response: CallResponse | null = null;
  grpcMessage: Uint8Array | null = null;
  grpcInitial: CallResponse["headers"] | null = null;
  grpcTrailing: CallResponse["headers"] | null = null;
  /** Only while `proxy_on_configure` runs. */
  configuring = false;
  status: { code: number; message: string } = { code: 0, message: "" };
  /** Properties that `declare_property` announced. */
  readonly declared = new Map<string, FilterStateType>();
  /** What a foreign function's callback reads. */
  callData: Uint8Array | null = null;
  streams = 0;
  tickMs = 0;
  #timer: Timer | undefined;
  /** The plugin is gone; the root stays until its last stream ends and `done` was said. */
  #pendingDone = false;
  #shutDown = false;

  constructor(
    readonly vm: Vm,
    readonly plugin: Plugin,
  ) {
    this.id = vm.nextContextId();
    vm.contexts.set(this.id, this);
  }

  get root(): RootContext {
    return this;
  }

  configure(): boolean {
    const { vm } = this;
    if (!vm.has("configure")) return vm.failure === null;
    this.configuring = true;
    const ok = vm.call(this, vm.on.configure, this.id, this.plugin.configuration.length);
    vm.settle();
    this.configuring = false;
    if (vm.host.fuel !== null) vm.limitFuel(vm.host.fuel);
    return ok !== 0 && vm.failure === null;
  }

  tickEvery(ms: number): void {
    this.tickMs = ms;
    this.vm.host.clock.cancel(this.#timer);
    if (ms > 0 && this.vm.failure === null) this.#arm();
  }

  #arm(): void {
    this.#timer = this.vm.host.clock.after(this.tickMs, () => {
      this.vm.notify(this, "tick");
      if (this.tickMs > 0 && !this.#shutDown && this.vm.failure === null && this.#timer!.cancelled)
        this.#arm();
    });
  }

  /** Nothing of a dead VM, or of a plugin that is gone, may run later. */
  silence(): void {
    this.tickMs = 0;
    this.vm.host.clock.cancel(this.#timer);
    for (const call of this.calls.values()) call.cancel();
    this.calls.clear();
    for (const call of this.grpc.values()) call.cancel();
    this.grpc.clear();
  }

  /** The listener no longer has this plugin and its last stream is gone. */
  shutDown(): void {
    if (this.#shutDown) return;
    this.#shutDown = true;
    const { vm } = this;
    const done = vm.has("done") ? vm.call(this, vm.on.done, this.id) !== 0 : true;
    vm.settle();
    if (done || vm.failure !== null) this.#delete();
    else this.#pendingDone = true;
  }

  /** `proxy_done`. */
  done(): Status {
    if (!this.#pendingDone) return Status.NotFound;
    this.#pendingDone = false;
    this.vm.after.push(() => this.#delete());
    return Status.Ok;
  }

  #delete(): void {
    this.silence();
    this.vm.notify(this, "delete");
    this.vm.contexts.delete(this.id);
    this.vm.roots.delete(this.plugin.key);
  }
}
