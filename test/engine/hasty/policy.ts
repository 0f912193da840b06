import { Answer, Call, Exchange, Identity, LogLevel, Policy, Request, Verdict } from "sluice/sdk";
import { Params } from "./params";

class Waited {
  before: bool = false;
}

export class Hasty extends Policy<Params> {
  onRequestHeaders(request: Request): Verdict {
    const does = this.params.does;
    if (does == "write") request.headers.set("x-hasty", this.params.mark);
    if (does == "fail") assert(false, "it broke");
    if (does == "tell") {
      const identity = new Identity();
      identity.subject = this.params.mark;
      request.context.identify(identity);
      request.context.metadata.set("by", this.params.mark);
    }
    if (does == "call") return request.call(new Call("other", "GET", "/" + this.params.mark));
    if (does == "wait" && !request.state<Waited>().before) {
      request.state<Waited>().before = true;
      return request.after(20);
    }
    return this.end(request);
  }

  onRequestAnswer(request: Request, answer: Answer): Verdict {
    return this.end(request);
  }

  onLog(exchange: Exchange): void {
    exchange.log(LogLevel.Info, "saw the end of " + this.params.mark);
  }

  private end(request: Request): Verdict {
    if (this.params.passes) {
      const identity = request.context.identity;
      const before = identity !== null ? identity.subject : "nobody";
      request.headers.set("x-passed", this.params.mark + " after " + before);
      return Verdict.Continue;
    }
    const verdict = request.deny(this.params.status, this.params.mark);
    return this.params.does == "lose" ? Verdict.Continue : verdict;
  }
}
