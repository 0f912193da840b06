/** Equality of JSON values: 1 equals 1.0, the order of members counts for nothing. */
import { sameString, stringHash } from "../../json/string";
import { Decimal } from "./decimal";
import { Kind, Tape } from "./tape";

export function decimalAt(tape: Tape, at: i32): Decimal {
  return new Decimal(tape.start(at), tape.numberEnd(at));
}

export function sameText(a: Tape, i: i32, b: Tape, j: i32): bool {
  return sameString(a.start(i) + 1, a.quote(i), b.start(j) + 1, b.quote(j));
}

/** Equal values have equal hashes. One pass over the value. */
export function hashOf(tape: Tape, at: i32): u32 {
  const kind = tape.kind(at);
  if (kind == Kind.String) return stringHash(tape.start(at) + 1, tape.quote(at), 1);
  if (kind == Kind.Number) return decimalAt(tape, at).hash;
  let hash = <u32>kind * 0x9e3779b1 + (kind == Kind.Boolean ? <u32>tape.isTrue(at) : 0);
  const end = tape.next(at);
  if (kind == Kind.Array) {
    for (let i = at + 1; i < end; i = tape.next(i)) hash = mix(hash, hashOf(tape, i));
  } else if (kind == Kind.Object) {
    // A sum, because members have no order.
    for (let key = at + 1; key < end; key = tape.next(key + 1)) {
      hash += mix(stringHash(tape.start(key) + 1, tape.quote(key), 2), hashOf(tape, key + 1));
    }
  }
  return hash;
}

function mix(a: u32, b: u32): u32 {
  return rotl<u32>((a ^ b) * 0x85ebca6b, 13) + b;
}

/** Compares values, and counts what that takes. */
export class Equality {
  constructor(
    /** Comparisons that are left; when there are none, nothing is equal any more. */
    public left: i32,
  ) {}

  same(a: Tape, i: i32, b: Tape, j: i32): bool {
    if (--this.left < 0) return false;
    const kind = a.kind(i);
    if (kind != b.kind(j)) return false;
    switch (kind) {
      case Kind.String:
        return sameText(a, i, b, j);
      case Kind.Number:
        return !decimalAt(a, i).compare(decimalAt(b, j));
      case Kind.Boolean:
        return a.isTrue(i) == b.isTrue(j);
      case Kind.Array:
        return this.sameItems(a, i, b, j);
      case Kind.Object:
        return this.sameMembers(a, i, b, j);
      default:
        return true;
    }
  }

  private sameItems(a: Tape, i: i32, b: Tape, j: i32): bool {
    const end = a.next(i);
    const otherEnd = b.next(j++);
    for (i++; i < end; i = a.next(i)) {
      if (j >= otherEnd || !this.same(a, i, b, j)) return false;
      j = b.next(j);
    }
    return j >= otherEnd;
  }

  private sameMembers(a: Tape, i: i32, b: Tape, j: i32): bool {
    if (a.count(i) != b.count(j)) return false;
    const end = a.next(i);
    for (let key = i + 1; key < end; key = a.next(key + 1)) {
      const other = this.find(a, key, b, j);
      if (other < 0 || !this.same(a, key + 1, b, other)) return false;
    }
    return true;
  }

  private find(a: Tape, key: i32, b: Tape, j: i32): i32 {
    const end = b.next(j);
    for (let other = j + 1; other < end; other = b.next(other + 1)) {
      if (--this.left < 0) return -1;
      if (sameText(a, key, b, other)) return other + 1;
    }
    return -1;
  }
}
