/**
 * Something that a policy fetches and replaces while it serves: a key set, a price list. Set it in
 * `onRefresh` or `onTick`, read it in any handler; between two reads it may have been replaced, so a
 * request keeps nothing of it.
 */
import { addCell, becomeCell, replaceCell } from "./engine/runtime/index";

export class Cell<T> {
  // The first two words are the runtime's: the value's region, and the chain's next cell.
  private region: usize = 0;
  private next: usize = 0;
  private value: usize = 0;

  constructor() {
    addCell(changetype<usize>(this));
  }

  /** The latest value, or null before the first. */
  get(): T | null {
    return this.value ? changetype<T>(this.value) : null;
  }

  /** Replaces the value. What it refers to was made in this callback, and stays with it. */
  set(value: T): void {
    const old = this.region;
    this.region = becomeCell();
    this.value = changetype<usize>(value);
    replaceCell(old);
  }
}
