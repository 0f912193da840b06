import { Policy, Request, Verdict } from "sluice/sdk";
import { Regex } from "sluice/sdk/std/regex/regex";
import { Params } from "./params";

/** Lets requests through by what their User-Agent says. */
export class UserAgentRestriction extends Policy<Params> {
  private allow: Regex[] = [];
  private deny: Regex[] = [];

  configure(): string | null {
    const p = this.params;
    if (!p.allow.length && !p.deny.length) return "expected at least one of: allow, deny";
    const problem = compileInto(this.allow, "allow", p.allow);
    return problem === null ? compileInto(this.deny, "deny", p.deny) : problem;
  }

  onRequestHeaders(request: Request): Verdict {
    const agents = request.headers.all("user-agent");
    let passes = agents.length > 0 || this.params.allowMissing;
    for (let i = 0; i < agents.length; i++) if (!this.accepts(agents[i])) passes = false;
    return passes ? Verdict.Continue : request.deny(403, this.params.message);
  }

  private accepts(agent: string): bool {
    if (!agent.trim().length) return this.params.allowMissing;
    if (this.allow.length && !matches(this.allow, agent)) return false;
    return !this.denies(agent);
  }

  /** Envoy joins two User-Agents by a comma: an anchored pattern must find the second one as well. */
  private denies(agent: string): bool {
    if (!this.deny.length) return false;
    if (matches(this.deny, agent)) return true;
    const parts = agent.split(",");
    for (let i = 1; i < parts.length; i++) if (matches(this.deny, parts[i].trim())) return true;
    return false;
  }
}

function matches(patterns: Regex[], text: string): bool {
  for (let i = 0; i < patterns.length; i++) if (patterns[i].test(text)) return true;
  return false;
}

/** What is wrong with the first pattern that does not compile, null if all do. */
function compileInto(list: Regex[], name: string, patterns: string[]): string | null {
  for (let i = 0; i < patterns.length; i++) {
    const regex = Regex.compile(patterns[i], "");
    if (regex === null) {
      return name + "[" + i.toString() + "]: " + Regex.problem(patterns[i], "")!;
    }
    list.push(regex);
  }
  return null;
}
