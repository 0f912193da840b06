/**
 * When a request counts: always, only for callers who are known or unknown, or only once the response
 * shows a certain status. The last limits what went wrong, such as failed authentications.
 */
import { Exchange } from "../exchange";
import { Request } from "../request";

export class Occasion {
  statuses: i32[] = [];
  /** `any`, `anonymous` or `authenticated`. */
  identity: string = "any";

  get byStatus(): bool {
    return this.statuses.length > 0;
  }

  concerns(request: Request): bool {
    if (this.identity == "any") return true;
    return (request.context.identity === null) == (this.identity == "anonymous");
  }

  /** When all is over: whoever answered, the upstream or a policy. */
  came(exchange: Exchange): bool {
    return this.statuses.includes(<i32>exchange.integer("response.code", 0));
  }
}
