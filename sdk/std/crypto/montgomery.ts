/**
 * Powers modulo an odd number, for public keys only: time depends on the numbers. Limbs of 32 bits,
 * low first; products by Montgomery (the coarsely integrated form). All memory is taken once.
 */
export class Modulus {
  private n: StaticArray<u32>;
  /** 2^(64 · limbs) mod n, R² as it is called: brings a number into Montgomery's form. */
  private square: StaticArray<u32>;
  private base: StaticArray<u32>;
  private power: StaticArray<u32>;
  private work: StaticArray<u32>;
  private inverse: u32;

  private constructor(
    bytes: Uint8Array,
    private limbs: i32,
  ) {
    this.n = new StaticArray<u32>(limbs);
    this.square = new StaticArray<u32>(limbs);
    this.base = new StaticArray<u32>(limbs);
    this.power = new StaticArray<u32>(limbs);
    this.work = new StaticArray<u32>(limbs + 2);
    read(this.n, bytes.dataStart, bytes.byteLength);
    // Newton's iteration doubles the bits that are right: 3, 6, 12, 24, 48.
    const low = unchecked(this.n[0]);
    let inverse = low;
    for (let i = 0; i < 5; i++) inverse *= 2 - low * inverse;
    this.inverse = 0 - inverse;
    this.prepare();
  }

  /** Null unless the number, high byte first and not 0, is odd. */
  static of(bytes: Uint8Array): Modulus | null {
    const size = bytes.byteLength;
    if (!size || !bytes[0] || !(bytes[size - 1] & 1)) return null;
    return new Modulus(bytes, (size + 3) >> 2);
  }

  /** 2^(64 · limbs): by doubling to 2^(33 · limbs), then by five squares, each of which doubles the excess. */
  private prepare(): void {
    const x = this.square;
    const top = this.limbs - 1;
    const bit = 31 - <i32>clz<u32>(unchecked(this.n[top]));
    // The highest bit of n alone is below n.
    unchecked((x[top] = 1 << bit));
    for (let i = bit - 32; i < this.limbs; i++) this.double(x);
    for (let i = 0; i < 5; i++) this.multiply(x, x, x);
  }

  private double(x: StaticArray<u32>): void {
    let carry: u32 = 0;
    for (let k = 0; k < this.limbs; k++) {
      const limb = unchecked(x[k]);
      unchecked((x[k] = (limb << 1) | carry));
      carry = limb >> 31;
    }
    if (carry || !this.isBelow(x)) this.subtract(changetype<usize>(x));
  }

  private isBelow(x: StaticArray<u32>): bool {
    for (let i = this.limbs - 1; i >= 0; i--) {
      const a = unchecked(x[i]);
      const b = unchecked(this.n[i]);
      if (a != b) return a < b;
    }
    return false;
  }

  private subtract(x: usize): void {
    let borrow: u64 = 0;
    for (let i = 0; i < this.limbs; i++) {
      const at = x + ((<usize>i) << 2);
      const difference = <u64>load<u32>(at) - <u64>unchecked(this.n[i]) - borrow;
      store<u32>(at, <u32>difference);
      borrow = (difference >> 32) & 1;
    }
  }

  /** `to` = a · b / 2^(32 · limbs) mod n. All three may be the same. */
  private multiply(to: StaticArray<u32>, a: StaticArray<u32>, b: StaticArray<u32>): void {
    const t = changetype<usize>(this.work);
    const n = changetype<usize>(this.n);
    const x = changetype<usize>(a);
    const size = (<usize>this.limbs) << 2;
    memory.fill(t, 0, size + 8);
    for (let i = 0; i < this.limbs; i++) {
      const digit = <u64>unchecked(b[i]);
      let sum = <u64>load<u32>(t) + <u64>load<u32>(x) * digit;
      const factor = <u64>(<u32>sum * this.inverse);
      let reduced = <u64>(<u32>sum) + <u64>load<u32>(n) * factor;
      for (let k: usize = 4; k < size; k += 4) {
        sum = <u64>load<u32>(t + k) + <u64>load<u32>(x + k) * digit + (sum >> 32);
        reduced = <u64>(<u32>sum) + <u64>load<u32>(n + k) * factor + (reduced >> 32);
        store<u32>(t + k - 4, <u32>reduced);
      }
      sum = <u64>load<u32>(t + size) + (sum >> 32) + (reduced >> 32);
      store<u32>(t + size - 4, <u32>sum);
      store<u32>(t + size, <u32>(sum >> 32));
    }
    if (load<u32>(t + size) || !this.isBelow(this.work)) this.subtract(t);
    memory.copy(changetype<usize>(to), t, size);
  }

  /**
   * Writes base^exponent mod n over the `size` bytes at `p`, which hold the base, high byte first.
   * False, and nothing written, unless the base is below n. The exponent is above 0.
   */
  raise(p: usize, size: i32, exponent: u32): bool {
    if (!exponent || (size + 3) >> 2 > this.limbs) return false;
    read(this.base, p, size);
    if (!this.isBelow(this.base)) return false;
    this.multiply(this.base, this.base, this.square);
    memory.copy(
      changetype<usize>(this.power),
      changetype<usize>(this.base),
      (<usize>this.limbs) << 2,
    );
    for (let bit = 30 - <i32>clz<u32>(exponent); bit >= 0; bit--) {
      this.multiply(this.power, this.power, this.power);
      if ((exponent >> bit) & 1) this.multiply(this.power, this.power, this.base);
    }
    memory.fill(changetype<usize>(this.base), 0, (<usize>this.limbs) << 2);
    unchecked((this.base[0] = 1));
    this.multiply(this.power, this.power, this.base);
    for (let i = 0; i < size; i++) {
      const limb = unchecked(this.power[i >> 2]);
      store<u8>(p + <usize>(size - 1 - i), limb >> ((i & 3) << 3));
    }
    return true;
  }
}

function read(to: StaticArray<u32>, p: usize, size: i32): void {
  for (let i = 0; i < to.length; i++) unchecked((to[i] = 0));
  for (let i = 0; i < size; i++) {
    const byte = <u32>load<u8>(p + <usize>(size - 1 - i));
    unchecked((to[i >> 2] |= byte << ((i & 3) << 3)));
  }
}
