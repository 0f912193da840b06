/** Where a pattern matched. */
export class Match {
  private positions: StaticArray<i32>;

  constructor(
    private text: string,
    found: StaticArray<i32>,
    private names: Array<string>,
  ) {
    this.positions = found.slice<StaticArray<i32>>();
  }

  /** Where the match starts in the text. */
  get start(): i32 {
    return this.positions[0] >> 1;
  }

  get end(): i32 {
    return this.positions[1] >> 1;
  }

  /** The text of group `number` (0: of the whole match), null if the match did not go through it. */
  group(number: i32): string | null {
    if (number < 0 || number >= this.names.length) return null;
    const start = this.positions[number << 1];
    const end = this.positions[(number << 1) + 1];
    return start < 0 || end < 0 ? null : this.text.substring(start >> 1, end >> 1);
  }

  /** The text of the group `(?P<name>…)`. */
  named(name: string): string | null {
    const number = name.length ? this.names.indexOf(name) : -1;
    return number < 0 ? null : this.group(number);
  }
}
