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
    first: Demand,
    quotas: Quota[],
    announcement: Announcement,
    now: i64,
  ): void {
    let worst = first;
    for (let one: Demand | null = first; one !== null; one = one.next) {
      // Of one that was not refused, `freeAt` is 0.
      if (one.freeAt > worst.freeAt) worst = one;
    }
    const reply = this.reply().header("x-ratelimit-quota", quotas[worst.quota].name);
    announcement.add(reply, first, now);
    if (this.retryAfter) {
      reply.header("retry-after", decimal(max(seconds(worst.freeAt - now), 1)));
    }
    request.respond(reply);
  }
}
