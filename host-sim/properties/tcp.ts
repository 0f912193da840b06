/** What a network filter can ask of its connection. */
import type { TcpConnection } from "../tcp/connection.ts";
import type { RootContext } from "../wasm/root.ts";
import { address, connection, node } from "./ends.ts";
import { branch, type Value } from "./value.ts";

const plain = { tls: false, certificate: null };

export function tcpProperty(
  { connected, filterState }: TcpConnection,
  root: RootContext,
  name: string,
): Value | undefined {
  switch (name) {
    case "source":
      return address("127.0.0.1", 50000);
    case "destination":
      return address("127.0.0.1", 10000);
    case "connection":
      return connection(plain);
    case "connection_id":
      return 0n;
    case "upstream":
      return connected ? address("127.0.0.1", 8080) : branch({});
    case "xds":
      return branch({
        cluster_name: () => (connected ? "upstream" : undefined),
        filter_chain_name: () => "",
        listener_direction: () => 0n,
        node: () => node(root),
      });
    case "filter_state":
      return {
        part: (key) => filterState.get(key)?.value,
        names: () => [...filterState.keys()],
      };
    default:
      return filterState.get(`wasm.${name}`)?.value;
  }
}
