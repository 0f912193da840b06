/** A connection as one wasm network filter sees it. */
import { BufferType, Status, StreamType } from "../../sdk/abi.ts";
import type { Body } from "../http/body.ts";
import type { CallbackName } from "../wasm/callbacks.ts";
import type { Context } from "../wasm/context.ts";
import type { RootContext } from "../wasm/root.ts";
import type { Vm } from "../wasm/vm.ts";
import type { TcpConnection } from "./connection.ts";
import { CloseType, type TcpFilter } from "./filter.ts";

export class TcpContext implements TcpFilter, Context {
  readonly id: number;
  readonly stream = null;
  #created = false;
  #downstream: Body | null = null;
  #upstream: Body | null = null;

  constructor(
    readonly vm: Vm,
    readonly root: RootContext,
    readonly connection: TcpConnection,
    private readonly index: number,
    private readonly ended: (root: RootContext) => void,
  ) {
    this.id = vm.nextContextId();
    root.streams++;
  }

  get tcp(): TcpContext {
    return this;
  }

  newConnection(): boolean {
    const { vm } = this;
    this.#created = true;
    vm.contexts.set(this.id, this);
    vm.call(this, vm.on.context_create, this.id, this.root.id);
    return this.#ask("new_connection");
  }

  downstreamData(body: Body, end: boolean): boolean {
    this.#downstream = body;
    const passes = this.#ask("downstream_data", body.length, end ? 1 : 0);
    if (passes) this.#downstream = null;
    return passes;
  }

  upstreamData(body: Body, end: boolean): boolean {
    this.#upstream = body;
    const passes = this.#ask("upstream_data", body.length, end ? 1 : 0);
    if (passes) this.#upstream = null;
    return passes;
  }

  upstreamClosed(): void {
    this.vm.notify(this, "upstream_connection_close", CloseType.Unknown);
  }

  closed(type: CloseType): void {
    const { vm, root } = this;
    vm.notify(this, "downstream_connection_close", type);
    for (const last of ["done", "log", "delete"] as const) vm.notify(this, last);
    if (this.#created) vm.contexts.delete(this.id);
    root.streams--;
    this.ended(root);
  }

  /** A module without the callback lets pass; one whose VM dies closes the connection. */
  #ask(callback: CallbackName, a = 0, b = 0): boolean {
    const { vm } = this;
    const answer = vm.call(this, vm.on[callback], this.id, a, b);
    if (vm.failure !== null) this.connection.close(CloseType.Local);
    vm.settle();
    return answer === 0;
  }

  buffer(type: BufferType.DownstreamData | BufferType.UpstreamData): Body | null {
    return type === BufferType.DownstreamData ? this.#downstream : this.#upstream;
  }

  resume(type: StreamType): Status {
    if (type === StreamType.Downstream)
      this.vm.after.push(() => this.connection.resume(this.index));
    else this.#noteNoRequest("continue_stream", type);
    return Status.Ok;
  }

  /** Whichever side is named, Envoy closes both. */
  close(type: StreamType): Status {
    if (type >= StreamType.Downstream)
      this.vm.after.push(() => this.connection.close(CloseType.Local));
    else this.#noteNoRequest("close_stream", type);
    return Status.Ok;
  }

  #noteNoRequest(call: string, type: StreamType): void {
    this.vm.host.swallowed(`${call} of a ${StreamType[type]!.toLowerCase()} on a connection`);
  }
}

/** What stands in for a filter whose VM is dead: no connection gets past it. */
export class ClosedTcp implements TcpFilter {
  constructor(private readonly connection: TcpConnection) {}

  newConnection(): boolean {
    this.connection.close(CloseType.Local);
    return false;
  }

  downstreamData = (): boolean => false;
  upstreamData = (): boolean => false;
  upstreamClosed(): void {}
  closed(): void {}
}
