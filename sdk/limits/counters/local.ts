/**
 * Counters in the data that the workers of one gateway share. Exact: a record is replaced only if nobody
 * else has changed it meanwhile. Several records are looked at before the first is changed, so that a
 * refusal changes nothing; where another worker is faster in between, what was taken is given back.
 */
import { Slot, openSlot } from "../../shared/table";
import { Counters, Demand } from "./counters";

/** More lost races in a row do not happen unless the host is broken. */
const MOST_TRIES: i32 = 256;

export class LocalCounters extends Counters {
  take(demands: Demand[], now: i64): bool {
    const records = new Array<Slot>(demands.length);
    let refused = false;
    for (let i = 0; i < demands.length; i++) {
      const one = unchecked(demands[i]);
      records[i] = open(one, now);
      if (!holds(one, records[i], now)) refused = true;
    }
    if (refused) return false;
    for (let i = 0; i < demands.length; i++) {
      const one = unchecked(demands[i]);
      if (!one.cost || settle(one, records[i], now)) continue;
      for (let j = 0; j < i; j++) this.charge(demands[j], -demands[j].cost, now);
      return false;
    }
    return true;
  }

  charge(demand: Demand, cost: i64, now: i64): void {
    if (!cost) return;
    for (let i = 0; i < MOST_TRIES; i++) {
      const record = open(demand, now);
      if (change(demand, record, cost, now)) return;
    }
  }
}

function open(one: Demand, now: i64): Slot {
  const record = openSlot(one.owner, one.key, now / 1000);
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
