import { Policy, Request, Verdict } from "sluice/sdk";
import { Params } from "./params";

export class Remover extends Policy<Params> {
  onRequestHeaders(request: Request): Verdict {
    if (this.params.looks) request.headers.has("x-other");
    if (this.params.writes) request.headers.set("x-old", "new");
    const removed = request.headers.remove("X-Old");
    request.headers.set("x-removed", removed ? "yes" : "no");
    return Verdict.Continue;
  }
}
