/** Keywords about a value by itself: `type`, `enum`, `const`, those of numbers and of strings. */
import { nextPoint } from "../../json/string";
import { Regex } from "../../regex/regex";
import { Decimal } from "../value/decimal";
import { decimalAt, hashOf } from "../value/equal";
import { Keyword, Run } from "../run";
import { Kind, Tape } from "../value/tape";

/** Beside the kinds: numbers that are whole. */
export const WHOLE: i32 = 64;

export class TypeKeyword extends Keyword {
  constructor(
    private kinds: i32,
    private message: string,
  ) {
    super();
  }

  holds(run: Run, at: i32): bool {
    const kind = run.tape.kind(at);
    if (kind & this.kinds) return true;
    if (kind == Kind.Number && this.kinds & WHOLE && decimalAt(run.tape, at).isWhole) return true;
    return run.fail(at, this.message);
  }
}

/** `enum`; `const` is one of a single value. */
export class EnumKeyword extends Keyword {
  private hashes: StaticArray<u32>;

  constructor(
    private tape: Tape,
    private values: i32[],
  ) {
    super();
    this.hashes = new StaticArray<u32>(values.length);
    for (let i = 0; i < values.length; i++) this.hashes[i] = hashOf(tape, values[i]);
  }

  holds(run: Run, at: i32): bool {
    if (!run.spend(run.tape.next(at) - at)) return false;
    const hash = hashOf(run.tape, at);
    for (let i = 0; i < this.hashes.length; i++) {
      if (this.hashes[i] != hash) continue;
      if (run.equality.same(this.tape, this.values[i], run.tape, at)) return true;
    }
    return run.fail(at, "is none of the values that are allowed");
  }
}

export class LimitKeyword extends Keyword {
  constructor(
    private limit: Decimal,
    /** 1 for an upper limit, -1 for a lower one. */
    private side: i32,
    private exclusive: bool,
    private message: string,
  ) {
    super();
  }

  holds(run: Run, at: i32): bool {
    if (run.tape.kind(at) != Kind.Number) return true;
    const order = decimalAt(run.tape, at).compare(this.limit) * this.side;
    if (order < 0 || (!order && !this.exclusive)) return true;
    return run.fail(at, this.message);
  }
}

export class MultipleKeyword extends Keyword {
  constructor(
    private divisor: Decimal,
    private message: string,
  ) {
    super();
  }

  holds(run: Run, at: i32): bool {
    if (run.tape.kind(at) != Kind.Number) return true;
    if (decimalAt(run.tape, at).isMultipleOf(this.divisor)) return true;
    return run.fail(at, this.message);
  }
}

/** `minLength` and `maxLength`, in characters. */
export class LengthKeyword extends Keyword {
  constructor(
    private least: i32,
    private most: i32,
    private message: string,
  ) {
    super();
  }

  holds(run: Run, at: i32): bool {
    if (run.tape.kind(at) != Kind.String) return true;
    const end = run.tape.quote(at);
    let p = run.tape.start(at) + 1;
    let length = 0;
    while (p < end) {
      p += nextPoint(p) >> 24;
      length++;
    }
    return (length >= this.least && length <= this.most) || run.fail(at, this.message);
  }
}

export class PatternKeyword extends Keyword {
  constructor(
    private regex: Regex,
    private message: string,
  ) {
    super();
  }

  holds(run: Run, at: i32): bool {
    if (run.tape.kind(at) != Kind.String) return true;
    return this.regex.test(run.tape.text(at)) || run.fail(at, this.message);
  }
}
