import { Policy, Request, Verdict } from "sluice/sdk";
import { IpAddress } from "sluice/sdk/std/net/ip";
import { Networks } from "./networks";
import { clientAddress } from "./client";
import { Params } from "./params";

/** Lets requests through by the address of the client. One that cannot be told is refused. */
export class IpRestriction extends Policy<Params> {
  private allow: Networks = new Networks();
  private deny: Networks = new Networks();
  private trusted: Networks = new Networks();

  configure(): string | null {
    const p = this.params;
    if (!p.allow.length && !p.deny.length) return "expected at least one of: allow, deny";
    let problem = this.allow.read("allow", p.allow);
    if (problem === null) problem = this.deny.read("deny", p.deny);
    return problem === null ? this.trusted.read("trustedproxies", p.trustedproxies) : problem;
  }

  onRequestHeaders(request: Request): Verdict {
    const address = clientAddress(request, this.trusted);
    if (address !== null && this.accepts(address)) return Verdict.Continue;
    return request.deny(this.params.status, this.params.message);
  }

  private accepts(address: IpAddress): bool {
    if (this.deny.contain(address)) return false;
    return this.allow.isEmpty || this.allow.contain(address);
  }
}
