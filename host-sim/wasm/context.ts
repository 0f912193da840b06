/** Something a module knows by a number: a root, or a stream. */
import type { HeaderMap } from "../http/headers.ts";
import type { TcpContext } from "../tcp/context.ts";
import type { RootContext } from "./root.ts";
import type { StreamContext } from "./stream.ts";
import type { Vm } from "./vm.ts";

export interface Context {
  readonly id: number;
  readonly vm: Vm;
  readonly root: RootContext;
  /** The request, if this is one's. */
  readonly stream: StreamContext | null;
  /** The connection of a network filter, if this is one's. */
  readonly tcp: TcpContext | null;
}

export interface CallResponse {
  headers: HeaderMap;
  body: Uint8Array;
  /** Null if the answer had none. */
  trailers: HeaderMap | null;
}
