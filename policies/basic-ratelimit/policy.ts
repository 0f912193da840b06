import { Place } from "sluice/sdk";
import { Key } from "sluice/sdk/limits/key/key";
import { RoutePart } from "sluice/sdk/limits/key/parts";
import { Limiter } from "sluice/sdk/limits/limiter";
import { Meter } from "sluice/sdk/limits/meter/meter";
import { MeterReader } from "sluice/sdk/limits/meter/read";
import { LimitingPolicy } from "sluice/sdk/limits/policy";
import { Problems } from "sluice/sdk/limits/problems";
import { Quota } from "sluice/sdk/limits/quota";
import { scopeOf } from "sluice/sdk/limits/scope";
import { checkBackend, tell } from "sluice/sdk/limits/settings";
import { Params } from "./params";

/** Lets so many requests through in a time, for an API or for one of its operations. */
export class BasicRatelimit extends LimitingPolicy<Params> {
  configure(): string | null {
    const problems = new Problems();
    checkBackend(this.params.backend, problems);
    const reader = new MeterReader(this.params.algorithm, problems);
    const meters: Meter[] = [];
    for (let i = 0; i < this.params.limits.length; i++) {
      const one = this.params.limits[i];
      meters.push(reader.read(one.requests, one.duration, "limits[" + i.toString() + "]"));
    }
    const place = Place.find();
    // The scope names the API or the route already, where the gateway knows them.
    const key = new Key(place.routeName.length ? [] : [new RoutePart()]);
    const limiter = new Limiter(place, [
      new Quota("default", scopeOf(place, "basic"), key, meters),
    ]);
    tell(limiter, this.params.headers);
    this.limiter = limiter;
    return problems.first;
  }
}
