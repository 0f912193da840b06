/**
 * The one file that knows addresses. Growing a memory detaches its buffer, so no view is kept past a call into the
 * guest. An address outside the memory throws `BadAddress`, which the hostcall's edge turns into a status.
 */
export class BadAddress extends Error {}

export type Pairs = readonly (readonly [string, string])[];

/** Envoy decodes a larger block to no pairs at all, without a word. */
const pairsLimit = { count: 1024, bytes: 1_048_576 };

export class Memory {
  #buffer: ArrayBufferLike | undefined;
  #bytes!: Buffer;
  #view!: DataView;

  constructor(
    private readonly memory: WebAssembly.Memory,
    private readonly allocate: (size: number) => number,
  ) {}

  get size(): number {
    return this.memory.buffer.byteLength;
  }

  #fresh(): void {
    const { buffer } = this.memory;
    if (buffer === this.#buffer) return;
    this.#buffer = buffer;
    this.#bytes = Buffer.from(buffer);
    this.#view = new DataView(buffer);
  }

  #check(address: number, size: number): void {
    this.#fresh();
    if (address + size > this.#bytes.length) throw new BadAddress();
  }

  /** Words of wasm arrive as signed numbers. */
  text(address: number, size: number): string {
    address >>>= 0;
    size >>>= 0;
    this.#check(address, size);
    return this.#bytes.toString("latin1", address, address + size);
  }

  /** A copy: the guest may overwrite its own memory at once. */
  bytes(address: number, size: number): Uint8Array {
    address >>>= 0;
    size >>>= 0;
    this.#check(address, size);
    return new Uint8Array(this.#buffer!.slice(address, address + size));
  }

  u32(address: number): number {
    address >>>= 0;
    this.#check(address, 4);
    return this.#view.getUint32(address, true);
  }

  setU32(address: number, value: number): void {
    address >>>= 0;
    this.#check(address, 4);
    this.#view.setUint32(address, value, true);
  }

  setU64(address: number, value: bigint): void {
    address >>>= 0;
    this.#check(address, 8);
    this.#view.setBigUint64(address, BigInt.asUintN(64, value), true);
  }

  set(address: number, bytes: Uint8Array): void {
    address >>>= 0;
    this.#check(address, bytes.length);
    this.#bytes.set(bytes, address);
  }

  /** Allocates in the guest, copies, and writes address and size; an empty value allocates nothing. */
  give(value: string | Uint8Array, outAddress: number, outSize: number): void {
    let address = 0;
    const { length } = value;
    if (length > 0) {
      address = this.#room(length);
      if (typeof value === "string") this.#bytes.write(value, address, "latin1");
      else this.#bytes.set(value, address);
    }
    this.setU32(outAddress, address);
    this.setU32(outSize, length);
  }

  /** The block in which a header map travels: count, sizes, then each name and value with a NUL behind it. */
  givePairs(pairs: Pairs, outAddress: number, outSize: number): void {
    if (pairs.length === 0) return this.give("", outAddress, outSize);
    let size = 4 + 8 * pairs.length;
    for (const [name, value] of pairs) size += name.length + value.length + 2;
    const address = this.#room(size);
    writePairs(this.#bytes, this.#view, address, pairs);
    this.setU32(outAddress, address);
    this.setU32(outSize, size);
  }

  #room(size: number): number {
    const address = this.allocate(size) >>> 0;
    if (address === 0) throw new BadAddress();
    this.#check(address, size);
    return address;
  }

  pairs(address: number, size: number): [string, string][] {
    address >>>= 0;
    size >>>= 0;
    this.#check(address, size);
    return decodePairs(this.#bytes.subarray(address, address + size));
  }
}

function writePairs(bytes: Buffer, view: DataView, address: number, pairs: Pairs): void {
  view.setUint32(address, pairs.length, true);
  let sizes = address + 4;
  let at = sizes + 8 * pairs.length;
  for (const [name, value] of pairs) {
    view.setUint32(sizes, name.length, true);
    view.setUint32(sizes + 4, value.length, true);
    sizes += 8;
    bytes.write(name, at, "latin1");
    at += name.length;
    bytes[at++] = 0;
    bytes.write(value, at, "latin1");
    at += value.length;
    bytes[at++] = 0;
  }
}

export function encodePairs(pairs: Pairs): Uint8Array {
  if (pairs.length === 0) return new Uint8Array(0);
  let size = 4 + 8 * pairs.length;
  for (const [name, value] of pairs) size += name.length + value.length + 2;
  const bytes = Buffer.alloc(size);
  writePairs(bytes, new DataView(bytes.buffer, bytes.byteOffset, size), 0, pairs);
  return bytes;
}

/** A malformed or oversized block is no pairs, as in Envoy. */
function decodePairs(block: Buffer): [string, string][] {
  if (block.length < 4 || block.length > pairsLimit.bytes) return [];
  const count = block.readUInt32LE(0);
  let at = 4 + 8 * count;
  if (count > pairsLimit.count || at > block.length) return [];
  const pairs: [string, string][] = [];
  const take = (size: number): string | null => {
    if (at + size + 1 > block.length || block[at + size] !== 0) return null;
    const text = block.toString("latin1", at, at + size);
    at += size + 1;
    return text;
  };
  for (let i = 0; i < count; i++) {
    const name = take(block.readUInt32LE(4 + 8 * i));
    const value = name === null ? null : take(block.readUInt32LE(8 + 8 * i));
    if (name === null || value === null) return [];
    pairs.push([name, value]);
  }
  return pairs;
}
