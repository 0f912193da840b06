/** The answer to a request that is over a limit. */
import { Reply } from "../reply";
import { Request } from "../request";
import { decimal } from "../hostcalls/text";
import { Announcement, seconds } from "./announcement";
import { Demand } from "./counters/counters";
import { Quota } from "./quota";

export class Refusal {
  status: i32 = 429;
  body: string;
  plain: bool = false;
  retryAfter: bool = true;

  constructor(readonly message: string = "Rate limit exceeded. Please try again later.") {
    this.body = '{"error": "Too Many Requests", "message": "' + message + '"}';
  }

  /** The answer without its headers. */
  reply(): Reply {
    return new Reply(this.status)
      .body(this.body)
      .header("content-type", this.plain ? "text/plain" : "application/json");
  }

  /** Says which quota it was: of several the one that lasts longest. */
  send(
    request: Request,
    demands: Demand[],
    quotas: Quota[],
    announcement: Announcement,
    now: i64,
  ): void {
    let worst = -1;
    for (let i = 0; i < demands.length; i++) {
      if (!demands[i].refused) continue;
      if (worst < 0 || demands[i].freeAt > demands[worst].freeAt) worst = i;
    }
    const reply = this.reply().header("x-ratelimit-quota", quotas[worst].name);
    announcement.add(reply, demands, quotas, now);
    if (this.retryAfter) {
      const wait = max(seconds(demands[worst].freeAt - now), 1);
      reply.header("retry-after", decimal(wait));
    }
    request.respond(reply);
  }
}
