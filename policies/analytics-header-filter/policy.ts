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
    return tell(request, "analytics.request.headers", this.request);
  }

  onResponseHeaders(response: Response): Verdict {
    return tell(response, "analytics.response.headers", this.response);
  }
}

function textOf(side: Side | null): string {
  return side === null ? "" : side.mode + ":" + side.headers.join(",").toLowerCase();
}

function tell(exchange: Exchange, key: string, filter: string): Verdict {
  if (filter.length) exchange.context.metadata.set(key, filter);
  return Verdict.Continue;
}
