import { Policy, Request, Verdict } from "sluice/sdk";
import { Params } from "./params";

/** Sets the Host header. */
export class HostRewrite extends Policy<Params> {
  onRequestHeaders(request: Request): Verdict {
    request.host = this.params.host;
    return Verdict.Continue;
  }
}
