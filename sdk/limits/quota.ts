/** Limits that are counted together: for the same key and at the same cost. */
import { Request } from "../request";
import { Body } from "../body";
import { Demand } from "./counters/counters";
import { Cost } from "./cost/cost";
import { Key } from "./key/key";
import { Meter } from "./meter/meter";
import { Occasion } from "./occasion";

export class Quota {
  cost: Cost = new Cost();
  occasion: Occasion = new Occasion();
  /** The name as it stands in headers. */
  readonly quoted: string;
  private owners: string[] = [];

  constructor(
    readonly name: string,
    /** Who else counts in the same records: `api pets`, `route pets/getPet 0`. */
    scope: string,
    readonly key: Key,
    readonly meters: Meter[],
  ) {
    this.quoted = '"' + name.replaceAll("\\", "\\\\").replaceAll('"', '\\"') + '"';
    for (let i = 0; i < meters.length; i++) {
      this.owners.push(scope + "\0" + name + "\0" + i.toString() + meters[i].kind);
    }
  }

  /** True if the request itself says what it costs, so that it can be taken before it goes on. */
  get inAdvance(): bool {
    return !this.cost.atResponse && !this.occasion.byStatus;
  }

  /** What this request asks of each limit, added to `demands`. Nothing if it is not to be counted. */
  ask(request: Request, body: Body | null, demands: Demand[], quotas: Quota[]): void {
    if (!this.occasion.concerns(request)) return;
    const key = this.key.of(request);
    if (key === null) return;
    const known = this.cost.ofRequest(request, body);
    const cost = this.inAdvance ? this.cost.whole(known) : 0;
    for (let i = 0; i < this.meters.length; i++) {
      const demand = new Demand(this.meters[i], this.owners[i], key);
      demand.known = known;
      demand.cost = cost;
      demand.need = this.inAdvance ? cost : 1;
      demands.push(demand);
      quotas.push(this);
    }
  }
}
