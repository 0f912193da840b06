/**
 * Which parts of a value some schema looked at and found right: what `unevaluatedProperties` and
 * `unevaluatedItems` leave out. A stack, so that what a wrong branch marked can be taken back.
 */
export class Marks {
  height: i32 = 0;
  /** The entries, and where each was marked before: its height then, 0 for never. */
  private entries: i32[] = [];
  private before: i32[] = [];
  /** For each entry of the tape: the height of its latest mark. */
  private latest: StaticArray<i32>;

  constructor(size: i32) {
    this.latest = new StaticArray<i32>(size);
  }

  add(entry: i32): void {
    const height = this.height++;
    if (height < this.entries.length) {
      this.entries[height] = entry;
      this.before[height] = this.latest[entry];
    } else {
      this.entries.push(entry);
      this.before.push(this.latest[entry]);
    }
    this.latest[entry] = height + 1;
  }

  /** Takes back all that was marked above `height`. */
  back(height: i32): void {
    while (this.height > height) {
      const top = --this.height;
      this.latest[this.entries[top]] = this.before[top];
    }
  }

  /** Whether the entry was marked above `height`. */
  has(entry: i32, height: i32): bool {
    return this.latest[entry] > height;
  }
}
