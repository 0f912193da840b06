/**
 * A TCP connection through network filters and Envoy's `tcp_proxy`. What a filter holds stays where it is and is shown
 * again with what comes after it. The client is not read before the upstream is connected, which is when every filter
 * has let the new connection pass.
 */
import { Body } from "../http/body.ts";
import type { FilterState } from "../state/filter-state.ts";
import type { LogEntry } from "../wasm/host.ts";
import { TcpEnd } from "./end.ts";
import { CloseType, type TcpFilter } from "./filter.ts";

export class TcpConnection {
  readonly client: TcpEnd;
  readonly upstream: TcpEnd;
  readonly logs: LogEntry[] = [];
  readonly filterState: FilterState = new Map();
  connected = false;
  over = false;
  #filters: readonly TcpFilter[] = [];
  /** So many filters have seen the connection. */
  #greeted = 0;
  readonly #down = new Body();
  readonly #up = new Body();

  constructor(private readonly ended: () => void) {
    this.client = new TcpEnd({
      changed: (bytes) => this.#fromClient(bytes),
      reset: () => this.close(CloseType.Remote),
    });
    this.upstream = new TcpEnd({
      changed: (bytes) => this.#fromUpstream(bytes),
      reset: () => this.close(CloseType.Local),
    });
  }

  /** Filters in the order in which the client's bytes pass them. */
  begin(filters: readonly TcpFilter[]): void {
    this.#filters = filters;
    this.#read(0);
  }

  /** `continue_stream`: the filters behind this one get what it held. */
  resume(index: number): void {
    if (!this.over) this.#read(index + 1);
  }

  #fromClient(bytes: Uint8Array): void {
    this.#down.append(bytes);
    if (!this.connected || this.over) return;
    this.#read(0);
    if (this.over || !this.client.finished) return;
    if (this.client.ended) this.close(CloseType.Remote);
    else if (this.upstream.ended && this.upstream.finished) this.close(CloseType.Local);
  }

  #read(start: number): void {
    const { client } = this;
    for (let i = start; i < this.#filters.length; i++) {
      const filter = this.#filters[i]!;
      if (i >= this.#greeted) {
        this.#greeted = i + 1;
        if (!filter.newConnection() || this.over) return;
      }
      if (!this.connected || (this.#down.length === 0 && !client.finished)) continue;
      if (!filter.downstreamData(this.#down, client.finished) || this.over) return;
    }
    if (this.connected) this.upstream.take(this.#down, client.finished);
    else {
      this.connected = true;
      if (this.#down.length > 0 || client.finished) this.#fromClient(new Uint8Array(0));
    }
  }

  #fromUpstream(bytes: Uint8Array): void {
    const { client, upstream } = this;
    this.#up.append(bytes);
    if (!this.connected || this.over) return;
    if (this.#write()) client.take(this.#up, upstream.finished);
    if (this.over || !upstream.finished) return;
    if (client.finished && (client.ended || upstream.ended)) this.close(CloseType.Local);
  }

  /** Whether the upstream's bytes get past all filters. */
  #write(): boolean {
    const { finished } = this.upstream;
    for (const filter of [...this.#filters].reverse()) {
      const passes = filter.upstreamData(this.#up, finished);
      // Told here, for Envoy does not watch the upstream's connection.
      if (finished && !this.over) filter.upstreamClosed();
      if (!passes || this.over) return false;
    }
    return true;
  }

  /** Ends both sides; what filters still hold is lost. */
  close(type: CloseType): void {
    if (this.over) return;
    this.over = true;
    for (const end of [this.client, this.upstream]) end.ended = end.closed = true;
    for (const filter of this.#filters.slice(0, this.#greeted)) filter.closed(type);
    this.ended();
  }
}
