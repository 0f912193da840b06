/**
 * Counters in the data that the workers of one gateway share. Exact: a record is replaced only if nobody
 * else has changed it meanwhile. Several records are looked at before the first is changed, so that a
 * refusal changes nothing; where another worker is faster in between, what was taken is given back.
 */
import { Slot, openHashed } from "../../shared/table";
import { Counters, Demand } from "./counters";

/** More lost races in a row do not happen unless the host is broken. */
const MOST_TRIES: i32 = 256;

export class LocalCounters extends Counters {
  take(first: Demand, now: i64): bool {
    const records: Slot[] = [];
    let refused = false;
    for (let one: Demand | null = first; one !== null; one = one.next) {
      const record = open(one, now);
      if (!holds(one, record, now)) refused = true;
      records.push(record);
    }
    if (refused) return false;
    let i = 0;
    for (let one: Demand | null = first; one !== null; one = one.next) {
      const record = records[i++];
      if (!one.cost || settle(one, record, now)) continue;
      for (let other = first; other !== one; other = other.next!) {
        this.charge(other, -other.cost, now);
      }
      return false;
    }
    return true;
  }

  charge(demand: Demand, cost: i64, now: i64): void {
    if (!cost) return;
    for (let i = 0; i < MOST_TRIES; i++) {
      if (change(demand, open(demand, now), cost, now)) return;
    }
  }
}

function open(one: Demand, now: i64): Slot {
  const record = openHashed(one.low, one.high, now / 1000);
  one.meter.roll(record, now);
  return record;
}

/** True if there is room; either way the demand says how its limit stands. */
function holds(one: Demand, record: Slot, now: i64): bool {
  one.left = one.meter.left(record, now);
  one.resetAt = one.meter.resetAt(record, now);
  one.refused = one.need > 0 && !one.meter.fits(record, one.need, now);
  if (one.refused) one.freeAt = one.meter.freeAt(record, one.need, now);
  return !one.refused;
}

function change(one: Demand, record: Slot, cost: i64, now: i64): bool {
  one.meter.add(record, cost, now);
  if (!record.commit()) return false;
  one.left = one.meter.left(record, now);
  one.resetAt = one.meter.resetAt(record, now);
  one.delay = one.meter.delay(record);
  return true;
}

/** Takes its cost; false if others were faster and there is no room any more. */
function settle(one: Demand, record: Slot, now: i64): bool {
  for (let i = 0; i < MOST_TRIES; i++) {
    if (change(one, record, one.cost, now)) return true;
    record = open(one, now);
    if (!holds(one, record, now)) return false;
  }
  one.refused = true;
  one.freeAt = one.resetAt;
  return false;
}
