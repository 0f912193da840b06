import { Place } from "sluice/sdk";
import { CostReader } from "sluice/sdk/limits/cost/read";
import { KeyReader } from "sluice/sdk/limits/key/read";
import { Limiter } from "sluice/sdk/limits/limiter";
import { Meter } from "sluice/sdk/limits/meter/meter";
import { MeterReader } from "sluice/sdk/limits/meter/read";
import { LimitingPolicy } from "sluice/sdk/limits/policy";
import { Problems } from "sluice/sdk/limits/problems";
import { Quota } from "sluice/sdk/limits/quota";
import { scopeOf } from "sluice/sdk/limits/scope";
import { answerWith, checkBackend, tell } from "sluice/sdk/limits/settings";
import { Params, QuotasItem } from "./params";

/** Limits by any key and at any cost. */
export class AdvancedRatelimit extends LimitingPolicy<Params> {
  configure(): string | null {
    const params = this.params;
    const problems = new Problems();
    checkBackend(params.backend, problems);
    const place = Place.find();
    const keys = new KeyReader(place, params.clientAddress == "forwarded", problems);
    const quotas: Quota[] = [];
    for (let i = 0; i < params.quotas.length; i++) {
      quotas.push(this.quota(params.quotas[i], i, place, keys, problems));
    }
    const limiter = new Limiter(place, quotas);
    tell(limiter, params.headers);
    answerWith(limiter.refusal, params.onRateLimitExceeded);
    this.limiter = limiter;
    return problems.first;
  }

  private quota(
    one: QuotasItem,
    index: i32,
    place: Place,
    keys: KeyReader,
    problems: Problems,
  ): Quota {
    const where = "quotas[" + index.toString() + "]";
    const reader = new MeterReader(this.params.algorithm, problems);
    const meters: Meter[] = [];
    for (let i = 0; i < one.limits.length; i++) {
      const limit = one.limits[i];
      const path = where + ".limits[" + i.toString() + "]";
      meters.push(
        reader.read(limit.limit, limit.duration, path, limit.burst, limit.queue, one.algorithm),
      );
    }
    const own = one.keyExtraction.length > 0;
    const extractions = own ? one.keyExtraction : this.params.keyExtraction;
    const gatewayWide = one.scope == "gateway";
    const key = keys.read(extractions, (own ? where + "." : "") + "keyExtraction", gatewayWide);
    const given = one.name;
    const name = given !== null ? given : index ? "quota-" + (index + 1).toString() : "default";
    const apiWide = KeyReader.isApiWide(extractions);
    const scope = scopeOf(place, "advanced", apiWide, gatewayWide);
    const quota = new Quota(name, scope, key, meters);
    quota.cost = new CostReader(problems).read(one.costExtraction, where + ".costExtraction");
    const occasion = one.countWhen;
    if (occasion !== null) {
      quota.occasion.statuses = occasion.statuses;
      quota.occasion.identity = occasion.identity;
    }
    return quota;
  }
}
