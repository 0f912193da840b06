import { Exchange, Place, Policy, Request, Response, Verdict } from "sluice/sdk";
import { Key } from "sluice/sdk/limits/key/key";
import { RoutePart } from "sluice/sdk/limits/key/parts";
import { Counted, Limiter } from "sluice/sdk/limits/limiter";
import { Meter } from "sluice/sdk/limits/meter/meter";
import { MeterReader } from "sluice/sdk/limits/meter/read";
import { Problems } from "sluice/sdk/limits/problems";
import { Quota } from "sluice/sdk/limits/quota";
import { scopeOf } from "sluice/sdk/limits/scope";
import { checkBackend, tell } from "sluice/sdk/limits/settings";
import { Params } from "./params";

/** Lets so many requests through in a time, for an API or for one of its operations. */
export class BasicRatelimit extends Policy<Params> {
  limiter: Limiter | null = null;

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

  onRequestHeaders(request: Request): Verdict {
    const wait = this.limiter!.admit(request, request.state<Counted>());
    return wait < 0 ? Verdict.Respond : Verdict.Continue;
  }

  onResponseHeaders(response: Response): Verdict {
    this.limiter!.respond(response, response.state<Counted>());
    return Verdict.Continue;
  }

  onLog(exchange: Exchange): void {
    this.limiter!.close(exchange, exchange.state<Counted>());
  }
}
