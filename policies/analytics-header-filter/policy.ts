import { Exchange, Policy, Request, Response, Verdict } from "sluice/sdk";
import { Params, Side } from "./params";

/** Says which headers analytics may hold. */
export class AnalyticsHeaderFilter extends Policy<Params> {
  private request: string = "";
  private response: string = "";

  configure(): string | null {
    this.request = textOf(this.params.request);
    this.response = textOf(this.params.response);
    return null;
  }

  onRequestHeaders(request: Request): Verdict {
    return tell(request, "request", this.request);
  }

  onResponseHeaders(response: Response): Verdict {
    return tell(response, "response", this.response);
  }
}

function textOf(side: Side | null): string {
  return side === null ? "" : side.mode + ":" + side.headers.join(",").toLowerCase();
}

/** Policies read it in the metadata, what records requests in an attribute. */
function tell(exchange: Exchange, side: string, filter: string): Verdict {
  if (!filter.length) return Verdict.Continue;
  exchange.context.metadata.set("analytics." + side + ".headers", filter);
  exchange.setAttribute("sluice_" + side + "_headers", filter);
  return Verdict.Continue;
}
