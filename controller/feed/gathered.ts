/**
 * Records of a whole feed as they come, to be put into buckets all at once. A bucket that grew record by record would be
 * copied many times over, and a buffer for each of a million records is what most of the time would go into.
 */
import { FEED_BUCKETS, FEED_GONE, FEED_ID } from "../../host-sim/feed/words.ts";
import { Buckets, recordHead, sizeAt } from "./buckets.ts";

const pieceBytes = 4 * 1_048_576;

export interface FeedRecord {
  id: Buffer;
  value: Buffer;
}

interface Piece {
  bytes: Buffer;
  used: number;
}

export class Gathered {
  private readonly pieces: Piece[] = [];
  private readonly sizes = new Uint32Array(FEED_BUCKETS);
  private count = 0;

  /** Of several with the same id the last counts. */
  add({ id, value }: FeedRecord): void {
    const { bytes, used } = this.roomFor(value.length);
    bytes.set(id, used);
    bytes.set(value, used + recordHead);
    this.took(value.length);
  }

  /** The id as a text of its bytes. */
  addText(id: string, value: string): void {
    // A letter has three bytes at most.
    const { bytes, used } = this.roomFor(value.length * 3);
    bytes.write(id, used, FEED_ID, "latin1");
    this.took(bytes.write(value, used + recordHead, "utf8"));
  }

  inBuckets(): Buckets {
    const ends = new Float64Array(FEED_BUCKETS);
    let total = 0;
    for (let bucket = 0; bucket < FEED_BUCKETS; bucket++) {
      ends[bucket] = total;
      total += this.sizes[bucket]!;
    }
    const all = Buffer.allocUnsafeSlow(total);
    for (const { bytes, used } of this.pieces)
      for (let at = 0; at < used;) {
        const size = sizeAt(bytes, at);
        const bucket = bytes.readUInt16LE(at);
        bytes.copy(all, ends[bucket], at, at + size);
        ends[bucket]! += size;
        at += size;
      }
    return Buckets.lying(all, this.sizes, this.count);
  }

  private roomFor(valueBytes: number): Piece {
    const needed = recordHead + valueBytes;
    const last = this.pieces.at(-1);
    if (last && last.used + needed <= last.bytes.length) return last;
    const piece = { bytes: Buffer.allocUnsafeSlow(Math.max(pieceBytes, needed)), used: 0 };
    this.pieces.push(piece);
    return piece;
  }

  /** Id and value are written: notes how long the value is. */
  private took(valueBytes: number): void {
    if (valueBytes >= FEED_GONE)
      throw new RangeError(`a feed record may have 65,534 bytes, found ${valueBytes}`);
    const piece = this.pieces.at(-1)!;
    const { bytes, used } = piece;
    bytes.writeUInt16LE(valueBytes, used + FEED_ID);
    const size = recordHead + valueBytes;
    this.sizes[bytes.readUInt16LE(used)]! += size;
    piece.used += size;
    this.count++;
  }
}
