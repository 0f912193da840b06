import { Place } from "sluice/sdk";
import { CostReader } from "sluice/sdk/limits/cost/read";
import { Key } from "sluice/sdk/limits/key/key";
import { KeyReader } from "sluice/sdk/limits/key/read";
import { Limiter } from "sluice/sdk/limits/limiter";
import { CalendarWindow, periodOf, secondsOf } from "sluice/sdk/limits/meter/calendar";
import { Meter } from "sluice/sdk/limits/meter/meter";
import { LimitingPolicy } from "sluice/sdk/limits/policy";
import { Problems } from "sluice/sdk/limits/problems";
import { Quota as Quotas } from "sluice/sdk/limits/quota";
import { scopeOf } from "sluice/sdk/limits/scope";
import { answerWith, checkBackend, tell } from "sluice/sdk/limits/settings";
import { Params } from "./params";

/** So much in a day or a month of the calendar. */
export class Quota extends LimitingPolicy<Params> {
  configure(): string | null {
    const params = this.params;
    const problems = new Problems();
    checkBackend(params.backend, problems);
    const place = Place.find();
    const offset = secondsOf(params.timeZoneOffset);
    const meters: Meter[] = [];
    for (let i = 0; i < params.limits.length; i++) {
      const one = params.limits[i];
      meters.push(new CalendarWindow(one.limit, periodOf(one.period), offset));
    }
    const keys = new KeyReader(place, params.clientAddress == "forwarded", problems);
    const parts = params.keyExtraction;
    const key = parts.length ? keys.read(parts, "keyExtraction") : new Key([]);
    const apiWide = KeyReader.isApiWide(parts);
    const scope = scopeOf(place, "quota", apiWide, params.scope == "gateway");
    const quota = new Quotas(params.name, scope, key, meters);
    quota.cost = new CostReader(problems).read(params.costExtraction, "costExtraction");
    const limiter = new Limiter(place, [quota]);
    tell(limiter, params.headers);
    answerWith(limiter.refusal, params.onRateLimitExceeded);
    this.limiter = limiter;
    return problems.first;
  }
}
