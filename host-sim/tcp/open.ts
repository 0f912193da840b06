/** A new connection through the network filters of one worker. */
import type { WorkerFilter } from "../wasm/worker.ts";
import { TcpConnection } from "./connection.ts";
import type { TcpFilter } from "./filter.ts";

/** It stands in `open` as long as it lasts. */
export function openTcp(filters: readonly WorkerFilter[], open: Set<TcpConnection>): TcpConnection {
  const connection = new TcpConnection(() => open.delete(connection));
  open.add(connection);
  const chain: TcpFilter[] = [];
  for (const filter of filters) {
    const made = filter.tcp(connection, chain.length);
    if (made) chain.push(made);
  }
  connection.begin(chain);
  return connection;
}
