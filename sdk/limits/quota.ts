/** Limits that are counted together: for the same key and at the same cost. */
import { Body } from "../body";
import { enterStream, leaveRegion } from "../engine/runtime/index";
import { Request } from "../request";
import { hashHigh, hashLow } from "../shared/hash";
import { hashRecord } from "../shared/table";
import { Cost } from "./cost/cost";
import { Demand } from "./counters/counters";
import { Key } from "./key/key";
import { Meter } from "./meter/meter";
import { Occasion } from "./occasion";

export class Quota {
  cost: Cost = new Cost();
  occasion: Occasion = new Occasion();
  /** The name as it stands in headers. */
  readonly quoted: string;
  /** Whose records they are, limit by limit. */
  private owners: string[] = [];
  /** Where the records of the last key are, which for a fixed key is where they always are. */
  private places: StaticArray<u64> = new StaticArray<u64>(0);
  private located: bool = false;

  constructor(
    readonly name: string,
    /** Who else counts in the same records: `api pets`, `route pets/getPet 1`. */
    scope: string,
    readonly key: Key,
    readonly meters: Meter[],
  ) {
    this.quoted = '"' + name.replaceAll("\\", "\\\\").replaceAll('"', '\\"') + '"';
    for (let i = 0; i < meters.length; i++) {
      this.owners.push(scope + "\0" + name + "\0" + i.toString() + meters[i].kind);
    }
    this.places = new StaticArray<u64>(2 * meters.length);
  }

  /** True if the request itself says what it costs, so that it can be taken before it goes on. */
  get inAdvance(): bool {
    return !this.cost.atResponse && !this.occasion.byStatus;
  }

  /** What this request asks of each limit, in front of `next`; nothing if it is not to be counted. */
  ask(request: Request, body: Body | null, index: i32, next: Demand | null): Demand | null {
    if (!this.occasion.concerns(request)) return next;
    const key = this.key.of(request);
    if (key === null) return next;
    const known = this.cost.ofRequest(request, body);
    const cost = this.inAdvance ? this.cost.whole(known) : 0;
    let first = next;
    for (let i = this.meters.length - 1; i >= 0; i--) {
      if (!this.located) this.locate(i, key);
      enterStream();
      const demand = new Demand(this.meters[i], index);
      leaveRegion();
      demand.low = this.places[2 * i];
      demand.high = this.places[2 * i + 1];
      demand.known = known;
      demand.cost = cost;
      demand.need = this.inAdvance ? cost : 1;
      demand.next = first;
      first = demand;
    }
    this.located = this.key.fixed;
    return first;
  }

  /** Notes where the record of limit `i` is. */
  private locate(i: i32, key: string): void {
    hashRecord(this.owners[i], key);
    this.places[2 * i] = hashLow;
    this.places[2 * i + 1] = hashHigh;
  }
}
