import { CountingWindow } from "sluice/sdk/limits/meter/windows";
import { Slot } from "sluice/sdk/shared/table";
import { milliseconds } from "sluice/sdk/limits/meter/meter";

const MINUTE_US: i64 = 60 * 1000 * 1000;

/** A plan's unit as a time; 0 if it is none. A month has thirty days. */
export function windowOf(unit: string): i64 {
  if (unit == "Min") return MINUTE_US;
  if (unit == "Hour") return 60 * MINUTE_US;
  if (unit == "Day") return 24 * 60 * MINUTE_US;
  if (unit == "Month") return 30 * 24 * 60 * MINUTE_US;
  return 0;
}

/** A window that starts with the first request after the last one has ended. */
export class PlanWindow extends CountingWindow {
  private start: i64 = 0;

  constructor(limit: i64, windowUs: i64) {
    super("plan", limit, windowUs);
  }

  roll(record: Slot, now: i64): void {
    // Neither found, nor of a window that still lasts: a new one starts now.
    this.start = record.b && now < record.b + this.windowUs ? record.b : now;
    if (record.b == this.start) return;
    record.a = 0;
    record.b = this.start;
    record.expires = milliseconds(this.start + this.windowUs);
  }

  startAt(now: i64): i64 {
    return this.start;
  }

  endAt(now: i64): i64 {
    return this.start + this.windowUs;
  }
}
