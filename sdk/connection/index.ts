/**
 * A network filter that stands before Envoy's HTTP connection manager and refuses what its HTTP/1 parser would mend: LF or CR
 * alone, and folded headers. A module of its own without collector, engine or configuration; one callback for what a
 * connection has read, and no memory that a callback takes and does not give back.
 */
import { StreamType } from "../abi";
import { proxy_close_stream } from "../env";
import { Connection, connectionAt, Phase } from "./connection";
import { add, find, remove } from "./connections";
import { countTurnedAway } from "./counters";
import { read } from "./reader";

export { room as proxy_on_memory_allocate } from "./host";

const CONTINUE: i32 = 0;
const STOP: i32 = 1;

const unknown: Connection = connectionAt(memory.data(224, 16));

export function proxy_abi_version_0_2_1(): void {}

export function proxy_on_downstream_data(id: u32, size: u32, _end: bool): i32 {
  const known = find(id);
  if (!size || (known !== null && known.phase == Phase.Opaque)) return CONTINUE;
  const connection = known === null ? unknown : known;
  if (known === null) {
    unknown.mark = 0;
    unknown.restart();
  }
  read(connection, size);
  if (connection.isBetweenRequests && !connection.mark) {
    if (known !== null) remove(id);
  } else if (known === null && !add(id, unknown)) {
    countTurnedAway();
    proxy_close_stream(StreamType.Downstream);
    return STOP;
  }
  return CONTINUE;
}

export function proxy_on_delete(id: u32): void {
  remove(id);
}
