/**
 * Many small pieces of bytes that grow and shrink, in a few large pages: a buffer for each takes some hundred bytes more,
 * and what the allocator loses between them as much again.
 */
const pageBytes = 4 * 1_048_576;

interface Page {
  bytes: Buffer;
  /** How far it is given away, and how much of that is in use. */
  given: number;
  used: number;
}

export class Rooms {
  private readonly pages: (Page | null)[] = [];
  private readonly page: Uint32Array;
  private readonly start: Uint32Array;
  private readonly size: Uint32Array;
  private readonly room: Uint32Array;

  constructor(count: number) {
    this.page = new Uint32Array(count);
    this.start = new Uint32Array(count);
    this.size = new Uint32Array(count);
    this.room = new Uint32Array(count);
  }

  /** Pieces that lie one after the other already. */
  static lying(bytes: Buffer, sizes: Uint32Array): Rooms {
    const rooms = new Rooms(sizes.length);
    rooms.pages.push({ bytes, given: bytes.length, used: bytes.length });
    rooms.size.set(sizes);
    rooms.room.set(sizes);
    for (let i = 1; i < sizes.length; i++) rooms.start[i] = rooms.start[i - 1]! + sizes[i - 1]!;
    return rooms;
  }

  /** What all of it takes. */
  get bytes(): number {
    return this.pages.reduce((sum, page) => sum + (page?.bytes.length ?? 0), 0);
  }

  /** A view, good until the next change of any piece. */
  in(index: number): Buffer {
    const start = this.start[index]!;
    return this.size[index] === 0
      ? none
      : this.pages[this.page[index]!]!.bytes.subarray(start, start + this.size[index]!);
  }

  /** Makes a piece this long; what it has stays, as far as it reaches. */
  resize(index: number, size: number): void {
    const room = this.room[index]!;
    const page = this.page[index]!;
    if (size > room) this.move(index, room === 0 ? size : grown(size));
    else if (grown(size) * 2 < room) this.leave(index, room - grown(size));
    this.size[index] = size;
    if (room > 0) this.tidy(page);
  }

  private move(index: number, room: number): void {
    const from = this.in(index);
    const number = this.pageFor(room);
    const page = this.pages[number]!;
    from.copy(page.bytes, page.given);
    // What a secret was must not stay where nobody looks any more.
    from.fill(0);
    this.leave(index, this.room[index]!);
    this.page[index] = number;
    this.start[index] = page.given;
    this.room[index] = room;
    page.given += room;
    page.used += room;
  }

  private leave(index: number, bytes: number): void {
    this.room[index]! -= bytes;
    const page = this.pages[this.page[index]!];
    if (page) page.used -= bytes;
  }

  /** The number of a page with so much left. */
  private pageFor(room: number): number {
    const last = this.pages.length - 1;
    const page = this.pages[last];
    if (page && page.given + room <= page.bytes.length) return last;
    const bytes = Buffer.allocUnsafeSlow(Math.max(pageBytes, room));
    return this.pages.push({ bytes, given: 0, used: 0 }) - 1;
  }

  /** Gives up a page of which less than half is in use. The last one still has something to give. */
  private tidy(number: number): void {
    const page = this.pages[number];
    if (!page || number === this.pages.length - 1 || page.used * 2 >= page.given) return;
    for (let i = 0; i < this.page.length; i++)
      if (this.page[i] === number && this.room[i]! > 0) this.move(i, this.size[i]!);
    this.pages[number] = null;
  }
}

const none = Buffer.alloc(0);

/** With some more, so that not each record moves a piece. */
const grown = (size: number): number => Math.ceil((size * 1.125) / 64) * 64;
