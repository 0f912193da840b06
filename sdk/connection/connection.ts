/** What is known of one connection: where in a request it is. */

export enum Phase {
  /** Before a request line, where empty lines may stand. */
  Start,
  Fields,
  Body,
  Size,
  Chunk,
  /** The end of line behind a chunk. */
  ChunkEnd,
  Trailers,
  /** What comes is not read any more: HTTP/2, a WebSocket, or what Envoy will not get to. */
  Opaque,
}

/** Of a line that comes in pieces, so much is kept: nothing longer decides how a request goes on. */
export const LINE: usize = 176;

/** Its fields before `line`, and those before what `copy` takes. */
const FIELDS: usize = 48;
const OWN: usize = 8;

export const CONNECTION: usize = FIELDS + LINE;

@unmanaged
export class Connection {
  /** The next one in the same row of the table, or of those that are free. */
  next: usize;
  id: u32;
  /** Bytes of the body or the chunk that are still to come. */
  left: i64;
  /** What stands before each request that Envoy may leave in the connection's buffer; 0: nothing. */
  mark: u64;
  phase: Phase;
  /** How long the line is that has begun. */
  begun: u32;
  /** In the request line. */
  spaces: u32;
  /** The last byte was a CR. */
  cr: bool;
  /** Content-Length, Transfer-Encoding and Upgrade headers of this request, and whether one cannot be relied upon. */
  lengths: u8;
  codings: u8;
  upgrades: u8;
  doubtful: bool;
  /** Connection has the word, and Upgrade says to what. */
  upgrade: bool;
  webSocket: bool;

  get line(): usize {
    return changetype<usize>(this) + FIELDS;
  }

  /** Of the line that has begun, what is kept. */
  get kept(): usize {
    return this.line + min(<usize>this.begun, LINE);
  }

  get isBetweenRequests(): bool {
    return this.phase == Phase.Start && !this.begun && !this.cr;
  }

  /** As every connection begins, and every request on it. */
  restart(): void {
    const mark = this.mark;
    memory.fill(changetype<usize>(this) + OWN, 0, FIELDS - OWN);
    this.mark = mark;
  }

  copy(other: Connection): void {
    memory.copy(changetype<usize>(this) + OWN, changetype<usize>(other) + OWN, CONNECTION - OWN);
  }

  keep(from: usize, to: usize): void {
    const size = to - from;
    const kept = this.kept;
    memory.copy(kept, from, min(size, this.line + LINE - kept));
    this.begun += <u32>size;
  }
}

/** One that is in no table; `at` is memory of `CONNECTION` bytes. */
export function connectionAt(at: usize): Connection {
  return changetype<Connection>(at);
}
