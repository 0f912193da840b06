/**
 * Powers modulo an odd number, for public keys only: time depends on the numbers. Limbs of 27 bits,
 * low first, so that a whole column of products (fewer than 2^9 of 54 bits) adds up in 64 bits without
 * a carry; Montgomery's reduction in the same columns. All memory is taken once.
 */
const BITS: u32 = 27;
const MASK: u64 = (1 << 27) - 1;

export class Modulus {
  private n: StaticArray<u32>;
  /** R² mod n, where R is 2^(27 · limbs): brings a number into Montgomery's form. */
  private square: StaticArray<u32>;
  private base: StaticArray<u32>;
  private power: StaticArray<u32>;
  private work: StaticArray<u32>;
  private factors: StaticArray<u32>;
  private inverse: u32;

  private constructor(
    bytes: Uint8Array,
    private limbs: i32,
  ) {
    this.n = new StaticArray<u32>(limbs);
    this.square = new StaticArray<u32>(limbs);
    this.base = new StaticArray<u32>(limbs);
    this.power = new StaticArray<u32>(limbs);
    this.work = new StaticArray<u32>(limbs);
    this.factors = new StaticArray<u32>(limbs);
    read(this.n, bytes.dataStart, bytes.byteLength);
    // Newton's iteration doubles the bits that are right: 3, 6, 12, 24, 48.
    const low = unchecked(this.n[0]);
    let inverse = low;
    for (let i = 0; i < 5; i++) inverse *= 2 - low * inverse;
    this.inverse = (0 - inverse) & (<u32>MASK);
    this.prepare((bytes.byteLength << 3) - (<i32>clz<u32>(bytes[0]) - 24));
  }

  /** Null unless the number, high byte first and not 0, is odd, above 2^27 and below 2^4097. */
  static of(bytes: Uint8Array): Modulus | null {
    const size = bytes.byteLength;
    if (size < 4 || size > 512 || !bytes[0] || !(bytes[size - 1] & 1)) return null;
    // A bit more than the number, so that what is not reduced yet has room.
    return new Modulus(bytes, ((size << 3) + <i32>BITS) / <i32>BITS);
  }

  /** By doubling to R · 2^limbs, as `bits` is the size of n; then each square doubles the excess. */
  private prepare(bits: i32): void {
    const x = this.square;
    const limbs = this.limbs;
    // The highest bit of n alone is below n.
    unchecked((x[(bits - 1) / <i32>BITS] = 1 << ((bits - 1) % <i32>BITS)));
    for (let i = bits - 1; i < (<i32>BITS + 1) * limbs; i++) this.double(x);
    // limbs · 27 from limbs · 1: times 3, 3 and 3.
    for (let i = 0; i < 3; i++) {
      this.multiply(this.base, x, x);
      this.multiply(x, x, this.base);
    }
  }

  private double(x: StaticArray<u32>): void {
    let carry: u32 = 0;
    for (let k = 0; k < this.limbs; k++) {
      const twice = (unchecked(x[k]) << 1) | carry;
      unchecked((x[k] = twice & (<u32>MASK)));
      carry = twice >> BITS;
    }
    if (!this.isBelow(x)) this.subtract(x);
  }

  private isBelow(x: StaticArray<u32>): bool {
    for (let i = this.limbs - 1; i >= 0; i--) {
      const a = unchecked(x[i]);
      const b = unchecked(this.n[i]);
      if (a != b) return a < b;
    }
    return false;
  }

  private subtract(x: StaticArray<u32>): void {
    let borrow: u32 = 0;
    for (let i = 0; i < this.limbs; i++) {
      const difference = unchecked(x[i]) - unchecked(this.n[i]) - borrow;
      unchecked((x[i] = difference & (<u32>MASK)));
      borrow = difference >> 31;
    }
  }

  /** `to` = a · b / R mod n. All three may be the same; a square costs three quarters of another. */
  private multiply(to: StaticArray<u32>, a: StaticArray<u32>, b: StaticArray<u32>): void {
    const limbs = <usize>this.limbs;
    const last = (limbs - 1) << 2;
    const x = changetype<usize>(a);
    const y = changetype<usize>(b);
    const n = changetype<usize>(this.n);
    const m = changetype<usize>(this.factors);
    const t = changetype<usize>(this.work);
    const inverse = <u64>this.inverse;
    let sum: u64 = 0;
    for (let i: usize = 0; i < limbs; i++) {
      const at = i << 2;
      sum += x == y ? squares(x, x + at, i + 1) : column(x, y + at, i + 1);
      sum += column(m, n + at, i);
      const factor = ((sum & MASK) * inverse) & MASK;
      store<u32>(m + at, <u32>factor);
      sum = (sum + factor * <u64>load<u32>(n)) >> BITS;
    }
    for (let i: usize = 1; i < limbs; i++) {
      const at = i << 2;
      const count = limbs - i;
      sum += x == y ? squares(x + at, x + last, count) : column(x + at, y + last, count);
      sum += column(m + at, n + last, count);
      store<u32>(t + at - 4, <u32>(sum & MASK));
      sum >>= BITS;
    }
    store<u32>(t + last, <u32>sum);
    if (!this.isBelow(this.work)) this.subtract(this.work);
    memory.copy(changetype<usize>(to), t, limbs << 2);
  }

  /**
   * Writes base^exponent mod n over the `size` bytes at `p`, which hold the base, high byte first.
   * False, and nothing written, unless the base is below n. The exponent is odd and above 1.
   */
  raise(p: usize, size: i32, exponent: u32): bool {
    if (!(exponent & 1) || exponent < 3 || size << 3 > this.limbs * <i32>BITS) return false;
    read(this.base, p, size);
    if (!this.isBelow(this.base)) return false;
    this.multiply(this.base, this.base, this.square);
    memory.copy(
      changetype<usize>(this.power),
      changetype<usize>(this.base),
      (<usize>this.limbs) << 2,
    );
    for (let bit = 30 - <i32>clz<u32>(exponent); bit > 0; bit--) {
      this.multiply(this.power, this.power, this.power);
      if ((exponent >> bit) & 1) this.multiply(this.power, this.power, this.base);
    }
    this.multiply(this.power, this.power, this.power);
    // The last product, with the base as it came, leaves Montgomery's form.
    read(this.base, p, size);
    this.multiply(this.power, this.power, this.base);
    write(this.power, p, size);
    return true;
  }
}

/** The sum of x[j] · y[-j] for `count` limbs: nearly all the work of a power is this loop. */
function column(x: usize, y: usize, count: usize): u64 {
  let sum: u64 = 0;
  for (; count >= 8; count -= 8) {
    y -= 28;
    sum +=
      <u64>load<u32>(x) * <u64>load<u32>(y, 28) +
      <u64>load<u32>(x, 4) * <u64>load<u32>(y, 24) +
      <u64>load<u32>(x, 8) * <u64>load<u32>(y, 20) +
      <u64>load<u32>(x, 12) * <u64>load<u32>(y, 16) +
      <u64>load<u32>(x, 16) * <u64>load<u32>(y, 12) +
      <u64>load<u32>(x, 20) * <u64>load<u32>(y, 8) +
      <u64>load<u32>(x, 24) * <u64>load<u32>(y, 4) +
      <u64>load<u32>(x, 28) * <u64>load<u32>(y);
    x += 32;
    y -= 4;
  }
  for (; count; count--) {
    sum += <u64>load<u32>(x) * <u64>load<u32>(y);
    x += 4;
    y -= 4;
  }
  return sum;
}

/** `column` of a number with itself, whose products come in pairs: x is its first limb, y its last. */
function squares(x: usize, y: usize, count: usize): u64 {
  const half = count >> 1;
  const sum = column(x, y, half) << 1;
  if (!(count & 1)) return sum;
  const middle = <u64>load<u32>(x + (half << 2));
  return sum + middle * middle;
}

function read(to: StaticArray<u32>, p: usize, size: i32): void {
  let bits: u64 = 0;
  let filled: u32 = 0;
  let at = size;
  for (let i = 0; i < to.length; i++) {
    while (filled < BITS && at > 0) {
      bits |= (<u64>load<u8>(p + <usize>--at)) << filled;
      filled += 8;
    }
    unchecked((to[i] = <u32>(bits & MASK)));
    bits >>= BITS;
    filled = filled > BITS ? filled - BITS : 0;
  }
}

function write(from: StaticArray<u32>, p: usize, size: i32): void {
  let bits: u64 = 0;
  let filled: u32 = 0;
  let limb = 0;
  for (let i = size - 1; i >= 0; i--) {
    if (filled < 8 && limb < from.length) {
      bits |= (<u64>unchecked(from[limb++])) << filled;
      filled += BITS;
    }
    store<u8>(p + <usize>i, bits);
    bits >>= 8;
    filled = filled > 8 ? filled - 8 : 0;
  }
}
