/** Counts per key within a window of time, across workers: what limits are made of. */
import { openSlot } from "./table";

const MOST_TRIES: i32 = 256;

export class SharedWindow {
  constructor(private name: string) {}

  /**
   * Takes `cost` of `limit` from the window of `windowMs` that `now` lies in. What is left, or -1 if
   * there was not enough, and then nothing is taken.
   */
  take(key: string, cost: i64, limit: i64, windowMs: i64, now: i64): i64 {
    const start = now - (now % windowMs);
    for (let i = 0; i < MOST_TRIES; i++) {
      const slot = openSlot(this.name, key, now);
      if (slot.b != start) {
        slot.a = 0;
        slot.b = start;
      }
      if (slot.a + cost > limit) return -1;
      slot.a += cost;
      slot.expires = start + windowMs;
      if (slot.commit()) return limit - slot.a;
    }
    // Lost every race: whoever won them took from the same window.
    return -1;
  }

  /** How much of the window that `now` lies in is taken. */
  taken(key: string, windowMs: i64, now: i64): i64 {
    const slot = openSlot(this.name, key, now);
    return slot.b == now - (now % windowMs) ? slot.a : 0;
  }
}
