/** The connections that are in the middle of something, by id: one between two requests is not kept. */
import { CONNECTION, Connection, connectionAt } from "./connection";

/** Rows of the table; how many connections there may be: 14 MiB of them, which is beside 65,536 sockets. */
const ROWS: u32 = 4_096;
const MOST: u32 = 65_536;

const PAGE: usize = 65_536;

const rows: usize = memory.data(16_384, 16);
let free: usize = 0;
let fresh: usize = 0;
let end: usize = 0;
let made: u32 = 0;

/** What points at the connection, or at the 0 behind the last one of its row. */
function pointer(id: u32): usize {
  let at = rows + ((<usize>(id & (ROWS - 1))) << 2);
  for (let one = load<usize>(at); one; one = load<usize>(at)) {
    if (connectionAt(one).id == id) break;
    at = offsetof<Connection>("next") + one;
  }
  return at;
}

/** Null: it is between two requests, or new. */
export function find(id: u32): Connection | null {
  const one = load<usize>(pointer(id));
  return one ? connectionAt(one) : null;
}

/** False: there is no room. */
export function add(id: u32, known: Connection): bool {
  const at = room();
  if (!at) return false;
  const one = connectionAt(at);
  one.copy(known);
  one.id = id;
  one.next = 0;
  store<usize>(pointer(id), at);
  return true;
}

export function remove(id: u32): void {
  const at = pointer(id);
  const one = load<usize>(at);
  if (!one) return;
  store<usize>(at, connectionAt(one).next);
  connectionAt(one).next = free;
  free = one;
}

function room(): usize {
  const one = free;
  if (one) {
    free = connectionAt(one).next;
    return one;
  }
  if (made == MOST) return 0;
  if (end - fresh < CONNECTION) {
    const page = memory.grow(1);
    if (page < 0) return 0;
    // Pages follow each other: nobody else grows this memory.
    if (!end) fresh = <usize>page * PAGE;
    end = (<usize>page + 1) * PAGE;
  }
  made++;
  const at = fresh;
  fresh += CONNECTION;
  return at;
}
