import { Policy, Reply, Request, Verdict } from "sluice/sdk";
import { offer, refusals } from "sluice/sdk/auth/alternatives";
import { Params } from "./params";

const CHALLENGE: string = "www-authenticate";

/** Tries several policies; runs itself only if each has refused. */
export class MultiAuth extends Policy<Params> {
  /** Whose refusal is the answer; -1 for the last. */
  private spokesman: i32 = -1;

  configure(): string | null {
    const all = this.params.anyOf;
    for (let i = 0; i < all.length; i++) {
      const params = all[i].params;
      offer(all[i].name, all[i].version, params.length ? params : "{}");
      if (all[i].name == this.params.answerOf) this.spokesman = i;
    }
    const named = this.params.answerOf;
    if (named === null || this.spokesman >= 0) return null;
    return "answerOf: expected the name of one of anyOf, found " + named;
  }

  onRequestHeaders(request: Request): Verdict {
    const metadata = request.context.metadata;
    metadata.set("auth.success", "false");
    metadata.set("auth.method", "multi");
    if (this.params.allowUnauthenticated) return Verdict.Continue;
    const all = refusals(request);
    if (!all.length) return request.deny(401, "Authentication required");
    const answer = this.chosen(all);
    if (answer.status == 401) addChallenges(answer, all);
    return request.respond(answer);
  }

  private chosen(all: Reply[]): Reply {
    // One that was never tried has not refused: all run under one condition, so there is a refusal of each.
    if (this.spokesman >= 0 && this.spokesman < all.length) return all[this.spokesman];
    for (let i = 0; i < all.length; i++) if (all[i].status >= 500) return all[i];
    return all[all.length - 1];
  }
}

function addChallenges(answer: Reply, all: Reply[]): void {
  const known = answer.all(CHALLENGE);
  for (let i = 0; i < all.length; i++) {
    const more = all[i].all(CHALLENGE);
    for (let j = 0; j < more.length; j++) {
      if (known.includes(more[j])) continue;
      known.push(more[j]);
      answer.header(CHALLENGE, more[j]);
    }
  }
}
