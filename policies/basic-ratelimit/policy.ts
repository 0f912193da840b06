import { Exchange, Place, Policy, Request, Response, Verdict } from "sluice/sdk";
import { ConstantPart, Key, KeyPart, RoutePart } from "sluice/sdk/limits/key";
import { Counted, Limiter } from "sluice/sdk/limits/limiter";
import { Meter } from "sluice/sdk/limits/meter";
import { Quota } from "sluice/sdk/limits/quota";
import { scopeOf } from "sluice/sdk/limits/scope";
import { Settings } from "sluice/sdk/limits/settings";
import { Params } from "./params";

/** Lets so many requests through in a time, for an API or for one of its operations. */
export class BasicRatelimit extends Policy<Params> {
  limiter: Limiter | null = null;

  configure(): string | null {
    const settings = new Settings(this.params.algorithm, this.params.backend);
    const meters: Meter[] = [];
    for (let i = 0; i < this.params.limits.length; i++) {
      const limit = this.params.limits[i];
      const meter = settings.meter(limit.requests, limit.duration, "limits[" + i.toString() + "]");
      if (meter !== null) meters.push(meter);
    }
    if (settings.problem !== null) return settings.problem;
    const place = Place.find();
    const scope = scopeOf(place, "basic", false);
    // The scope names the API or the route already, where the gateway knows them.
    const parts: KeyPart[] = [place.routeName.length ? new ConstantPart("") : new RoutePart()];
    const limiter = new Limiter(place, [new Quota("default", scope, new Key(parts), meters)]);
    settings.tell(limiter, this.params.headers);
    this.limiter = limiter;
    return null;
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
