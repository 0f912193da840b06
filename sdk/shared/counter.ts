/** A number that all workers add to. */
import { nowMilliseconds } from "../hostcalls/clock";
import { openSlot } from "./table";

/** More lost races in a row do not happen unless the host is broken. */
const MOST_TRIES: i32 = 256;

export class SharedCounter {
  constructor(private name: string) {}

  /** Adds to the number of `key`, atomically across workers; the new number. */
  add(by: i64, key: string = ""): i64 {
    const now = nowMilliseconds();
    for (let i = 0; i < MOST_TRIES; i++) {
      const slot = openSlot(this.name, key, now);
      slot.a += by;
      if (slot.commit()) return slot.a;
    }
    return this.get(key);
  }

  get(key: string = ""): i64 {
    return openSlot(this.name, key, nowMilliseconds()).a;
  }
}
