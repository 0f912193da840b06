import { Policy, Request, Verdict } from "sluice/sdk";
import { Params } from "./params";

export class Scribe extends Policy<Params> {
  onRequestHeaders(request: Request): Verdict {
    const value = request.parameter("v");
    const written = request.headers.set("x-out", value === null ? "" : value);
    request.headers.set("x-written", written ? "yes" : "no");
    return Verdict.Continue;
  }
}
