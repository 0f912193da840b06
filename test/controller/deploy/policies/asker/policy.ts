import { Answer, Call, Policy, Request, Verdict } from "sluice/sdk";
import { Params } from "./params";

export class Asker extends Policy<Params> {
  onRequestHeaders(request: Request): Verdict {
    return request.call(Call.to(this.params.url).header("x-badge", this.params.badge));
  }

  onRequestAnswer(request: Request, answer: Answer): Verdict {
    if (answer.failed) return request.deny(502, "no answer");
    request.headers.set("x-answer", answer.text());
    return Verdict.Continue;
  }
}
