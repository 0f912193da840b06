import { Identity, Policy, Reply, Request, Verdict } from "sluice/sdk";
import { Callers, Params } from "./params";

/** Lets callers through by who an authentication policy before it found them to be. */
export class Acl extends Policy<Params> {
  onRequestHeaders(request: Request): Verdict {
    const caller = request.context.identity;
    if (caller === null) {
      return request.respond(new Reply(401).error("Authentication required"));
    }
    const allow = this.params.allow;
    const deny = this.params.deny;
    if (allow !== null && !names(allow, caller)) return this.refuse(request);
    if (deny !== null && names(deny, caller)) return this.refuse(request);
    return Verdict.Continue;
  }

  private refuse(request: Request): Verdict {
    return request.respond(new Reply(403).error(this.params.message));
  }
}

function names(callers: Callers, caller: Identity): bool {
  return (
    callers.consumers.includes(caller.consumer) ||
    callers.plans.includes(caller.plan) ||
    callers.subjects.includes(caller.subject) ||
    common(callers.groups, caller.groups) ||
    common(callers.scopes, caller.scopes)
  );
}

function common(wanted: string[], has: string[]): bool {
  for (let i = 0; i < has.length; i++) if (wanted.includes(has[i])) return true;
  return false;
}
