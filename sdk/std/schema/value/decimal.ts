/**
 * Numbers of JSON as they are written, without the rounding of doubles: 0.1 is a tenth, and of two
 * integers of twenty digits each the larger one is larger.
 */

/** Beyond it an exponent says no more than "very large" or "very small". */
const FURTHEST: i64 = 1 << 40;
/** A divisor has at most so many digits: with one more digit behind them it still fits 64 bits. */
const MOST_DIVISOR_DIGITS: i32 = 17;
/** So many zeros hold every factor two and five that a divisor can have. */
const ENOUGH_ZEROS: i64 = 64;

export class Decimal {
  negative: bool = false;
  /** Without zeros in front and behind; none for zero. */
  private digits: StaticArray<u8>;
  /** The value is 0.digits times ten to this. */
  private exponent: i64 = 0;

  /** Of the checked number from `p` to `end`. */
  constructor(p: usize, end: usize) {
    if (load<u8>(p) == 0x2d) {
      this.negative = true;
      p++;
    }
    let tail = p;
    while (tail < end && ((<u32>load<u8>(tail)) | 0x20) != 0x65) tail++;
    const room = new StaticArray<u8>(<i32>(tail - p));
    let size = 0;
    let fraction = false;
    let exponent: i64 = 0;
    for (let q = p; q < tail; q++) {
      const byte = <u32>load<u8>(q);
      if (byte == 0x2e) fraction = true;
      else if (size || byte != 0x30) {
        room[size++] = <u8>(byte - 0x30);
        if (!fraction) exponent++;
      } else if (fraction) exponent--;
    }
    while (size && !room[size - 1]) size--;
    this.digits = room.slice<StaticArray<u8>>(0, size);
    if (tail < end) exponent += exponentOf(tail + 1, end);
    this.exponent = size ? exponent : 0;
    if (!size) this.negative = false;
  }

  get isZero(): bool {
    return this.digits.length == 0;
  }

  /** Whole, however it is written: 1, 1.0 and 10e-1 are. */
  get isWhole(): bool {
    return <i64>this.digits.length <= this.exponent || this.isZero;
  }

  /** Whole and from 0 to `i32.MAX_VALUE`, what is above counting as that; else -1. */
  get count(): i32 {
    if (this.negative || !this.isWhole) return -1;
    if (this.exponent > 10) return i32.MAX_VALUE;
    let value: i64 = 0;
    for (let i = 0; <i64>i < this.exponent; i++) value = value * 10 + <i64>this.digit(i);
    return value > <i64>i32.MAX_VALUE ? i32.MAX_VALUE : <i32>value;
  }

  private digit(i: i32): u8 {
    return i < this.digits.length ? this.digits[i] : 0;
  }

  /** Below, at or above zero, as this is less than, equal to or more than `other`. */
  compare(other: Decimal): i32 {
    if (this.negative != other.negative) return this.negative ? -1 : 1;
    const size = this.compareSize(other);
    return this.negative ? -size : size;
  }

  private compareSize(other: Decimal): i32 {
    if (this.isZero || other.isZero) return <i32>!this.isZero - <i32>!other.isZero;
    if (this.exponent != other.exponent) return this.exponent < other.exponent ? -1 : 1;
    const most = max(this.digits.length, other.digits.length);
    for (let i = 0; i < most; i++) {
      const difference = <i32>this.digit(i) - <i32>other.digit(i);
      if (difference) return difference;
    }
    return 0;
  }

  /** Whether `isMultipleOf` can say anything about this divisor. */
  get divides(): bool {
    return !this.negative && !this.isZero && this.digits.length <= MOST_DIVISOR_DIGITS;
  }

  isMultipleOf(divisor: Decimal): bool {
    if (this.isZero) return true;
    // Both as whole numbers without zeros behind, times a power of ten.
    const own = this.exponent - <i64>this.digits.length;
    const others = divisor.exponent - <i64>divisor.digits.length;
    if (own < others) return false;
    let modulus: u64 = 0;
    for (let i = 0; i < divisor.digits.length; i++) modulus = modulus * 10 + <u64>divisor.digits[i];
    let rest: u64 = 0;
    for (let i = 0; i < this.digits.length; i++) rest = (rest * 10 + <u64>this.digits[i]) % modulus;
    const zeros = min(own - others, ENOUGH_ZEROS);
    for (let i: i64 = 0; i < zeros && rest; i++) rest = (rest * 10) % modulus;
    return rest == 0;
  }

  /** The same for numbers that are equal. */
  get hash(): u32 {
    let hash: u32 = (<u32>this.exponent) ^ (this.negative ? 0x9e3779b1 : 0);
    for (let i = 0; i < this.digits.length; i++) {
      hash = rotl<u32>((hash ^ (<u32>this.digits[i])) * 0x85ebca6b, 13);
    }
    return hash;
  }
}

function exponentOf(p: usize, end: usize): i64 {
  const sign = <u32>load<u8>(p);
  if (sign == 0x2b || sign == 0x2d) p++;
  let value: i64 = 0;
  for (; p < end; p++) value = min(value * 10 + <i64>(load<u8>(p) - 0x30), FURTHEST);
  return sign == 0x2d ? -value : value;
}
